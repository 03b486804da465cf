import type { ValueType } from '../../src/component/types.ts';
import { camelCase } from '../../src/contract/names.ts';

/**
 * Reads a value of a type in WAVE, the text format of WebAssembly values
 * (https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave), as jco's host side has it: 64-bit
 * integers as bigints.
 */
export function readWave(text: string, type: ValueType): unknown {
  const reader = new WaveReader(text);
  const value = reader.value(type);
  reader.end();
  return value;
}

class WaveReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(type: ValueType): unknown {
    switch (type.kind) {
      case 'primitive':
        return this.primitive(type.name);
      case 'record': {
        const members = new Map<string, unknown>();
        const byName = new Map(type.fields.map((field) => [field.name, field.type]));
        this.items('{', '}', () => {
          const name = this.name();
          this.take(':');
          members.set(name, this.value(byName.get(name)!));
        });
        return Object.fromEntries(type.fields.map(({ name }) => [camelCase(name), members.get(name)]));
      }
      case 'list': {
        const items: unknown[] = [];
        this.items('[', ']', () => items.push(this.value(type.element)));
        const { element } = type;
        if (element.kind !== 'primitive') return items;
        if (element.name === 'u8') return Uint8Array.from(items as number[]);
        return element.name === 's8' ? Int8Array.from(items as number[]) : items;
      }
      case 'tuple': {
        const items: unknown[] = [];
        this.items('(', ')', () => items.push(this.value(type.elements[items.length]!)));
        return items;
      }
      case 'flags': {
        const set = new Set<string>();
        this.items('{', '}', () => set.add(this.name()));
        return Object.fromEntries(type.names.map((name) => [camelCase(name), set.has(name)]));
      }
      case 'enum':
        return this.name();
      case 'variant': {
        const tag = this.name();
        return this.tagged(tag, type.cases.find(({ name }) => name === tag)!.type);
      }
      case 'option': {
        const tag = this.name();
        const tagged = this.tagged(tag, tag === 'some' ? type.value : undefined);
        return type.value.kind === 'option' ? tagged : tag === 'some' ? tagged.val : null;
      }
      case 'result': {
        const tag = this.name();
        return this.tagged(tag, tag === 'ok' ? type.ok : type.err);
      }
      default:
        throw new Error(`WAVE has no ${type.kind}`);
    }
  }

  end(): void {
    if (this.match(/\s*$/y) === undefined) throw this.unexpected();
  }

  private tagged(tag: string, type: ValueType | undefined): { tag: string; val?: unknown } {
    if (type === undefined) return { tag };
    this.take('(');
    const val = this.value(type);
    this.take(')');
    return { tag, val };
  }

  private primitive(name: string): unknown {
    if (name === 'bool') return this.name() === 'true';
    if (name === 'string') return unescaped(this.match(/\s*"((?:[^"\\]|\\.)*)"/y)?.[1] ?? this.fail());
    if (name === 'char') return unescaped(this.match(/\s*'((?:[^'\\]|\\.[^']*))'/uy)?.[1] ?? this.fail());
    const [, number = ''] = this.match(/\s*(-?inf|nan|-?[0-9][0-9.e+-]*)/y) ?? this.fail();
    if (name === 'u64' || name === 's64') return BigInt(number);
    return number.endsWith('inf')
      ? number === 'inf'
        ? Infinity
        : -Infinity
      : Number(number.replace('nan', 'NaN'));
  }

  private items(open: string, close: string, item: () => unknown): void {
    this.take(open);
    while (!this.has(close)) {
      item();
      if (!this.has(',')) {
        this.take(close);
        return;
      }
    }
  }

  private name(): string {
    return this.match(/\s*%?([a-z][a-z0-9-]*)/y)?.[1] ?? this.fail();
  }

  private has(token: string): boolean {
    const start = this.at;
    this.match(/\s*/y);
    if (this.text.startsWith(token, this.at)) {
      this.at += token.length;
      return true;
    }
    this.at = start;
    return false;
  }

  private take(token: string): void {
    if (!this.has(token)) throw this.unexpected();
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private unexpected(): Error {
    return new Error(`WAVE: unexpected ${JSON.stringify(this.text.slice(this.at))} in ${this.text}`);
  }

  private fail(): never {
    throw this.unexpected();
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u\{([0-9a-f]+)\}|(.))/gs, (_, code: string | undefined, plain: string) =>
    code === undefined ? (ESCAPES[plain] ?? plain) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
