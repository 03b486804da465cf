interface Line {
  sku: string;
  count: number;
  price: number;
  marks: { gift?: boolean; fragile?: boolean; express?: boolean };
  note?: string | null;
}

type Rule =
  | { tag: 'none' }
  | { tag: 'percent'; val: number }
  | { tag: 'codes'; val: string[] }
  | { tag: 'but'; val: Line };

type Refusal = { tag: 'empty' } | { tag: 'unknown-sku'; val: string } | { tag: 'too-many'; val: number };

function refuse(refusal: Refusal): never {
  throw refusal;
}

function offOf(rule: Rule, { sku, price }: Line): number {
  switch (rule.tag) {
    case 'none':
      return 0;
    case 'percent':
      return (price * rule.val) / 100;
    case 'codes':
      return rule.val.includes(sku) ? price : 0;
    case 'but':
      return rule.val.sku === sku ? rule.val.price : 0;
  }
}

/** The desk as wit/programs.wit has it: made into a component, and called as it stands by the oracle. */
export function makeDesk() {
  const kept: string[] = [];
  return {
    offer(lines: Line[], rule: Rule) {
      if (lines.length === 0) refuse({ tag: 'empty' });
      const unknown = lines.find(({ sku }) => sku === '');
      if (unknown) refuse({ tag: 'unknown-sku', val: unknown.note ?? 'nothing' });
      const large = lines.find(({ count }) => count > 4_000_000_000);
      if (large) refuse({ tag: 'too-many', val: large.count });
      let total = 0;
      for (const line of lines) total += (line.price - offOf(rule, line)) * line.count;
      return {
        total,
        pieces: lines.reduce((sum, { count }) => sum + count, 0) - 5_000_000_000,
        shade: total > 0 ? ('light' as const) : ('dark' as const),
        lines: [...lines].reverse(),
        rule,
      };
    },
    turn: (bytes: Uint8Array): [number, Uint8Array] => [
      bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7),
      bytes.slice().reverse(),
    ],
    keep: (text: string): number => kept.push(text),
    kept: (): string[] => kept,
    collapse(): void {
      throw new Error('on purpose');
    },
  };
}
