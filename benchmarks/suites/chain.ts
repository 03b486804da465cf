import { join } from 'node:path';
import { answerOf, writeChain, type ChainKind } from '../apps/chain.ts';
import type { Effort } from '../harness/effort.ts';
import { time, timesOf, type Calls } from '../harness/measure.ts';
import type { Requirement } from '../harness/requirements.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';

/** How the calls of a chain are carried, and what is waited for. */
const WAYS = {
  fused: { label: 'fused, Node', kind: 'ask', needs: [] },
  linked: { label: 'linked, Node', kind: 'ask', needs: [] },
  redis: { label: 'redis, answered', kind: 'ask', needs: ['redis'] },
  mqtt: { label: 'mqtt, one way to the last', kind: 'pass', needs: ['mosquitto'] },
  'fused-spin': { label: 'fused, Spin', kind: 'ask', needs: ['spin'] },
  'linked-spin': { label: 'linked, Spin', kind: 'ask', needs: ['spin'] },
} satisfies Readonly<Record<string, { label: string; kind: ChainKind; needs: readonly Requirement[] }>>;
type Way = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as Way[];

interface Prepared {
  readonly manifests: Readonly<Record<ChainKind, string>>;
  /** By way. */
  readonly folders: Readonly<Record<string, string>>;
}

/** Services in a row under each placement: what depth costs in time and memory. */
export const chain: Suite = {
  name: 'chain',
  title: 'Services in a row',
  cases: ({ depths }) =>
    NAMES.map((name): Case => {
      const { label, needs } = WAYS[name];
      return { name, label, needs, parts: depths.map(partOf) };
    }),
  async prepare({ depths }, cases) {
    const { buildApp } = await import('../../host/src/build/app.ts');
    const { writeSpinToml } = await import('../../host/src/deploy/write.ts');
    const manifests = {
      ask: writeChain('ask', depths).manifest,
      pass: writeChain('pass', depths).manifest,
    };
    const folders: Record<string, string> = {};
    for (const { name } of cases) {
      const way = name as Way;
      const manifest = manifests[WAYS[way].kind];
      const outDir = join(manifest, '../.out', way);
      const built = await buildApp({ manifest, ...profileOf(way), outDir });
      if (way.endsWith('-spin')) await writeSpinToml(built);
      folders[way] = outDir;
    }
    return { manifests, folders } satisfies Prepared;
  },
  run(name: string, part: string, prepared: Prepared, effort: Effort) {
    const way = name as Way;
    return (way.endsWith('-spin') ? onSpin : onNode)(way, depthOf(part), part, prepared, effort);
  },
};

/** A depth as tables call it. */
export function partOf(depth: number): string {
  return `${depth} ${depth === 1 ? 'service' : 'services'}`;
}

export function depthOf(part: string): number {
  return Number.parseInt(part, 10);
}

function profileOf(way: Way): { profile?: string } {
  const placement = way.replace('-spin', '');
  return placement === 'linked' ? {} : { profile: placement };
}

type Run = (way: Way, depth: number, at: string, from: Prepared, effort: Effort) => Promise<Measured[]>;

const onNode: Run = async (way, depth, at, { manifests, folders }, effort) => {
  const { startMeasured } = await import('../subjects/app.ts');
  const { kind } = WAYS[way];
  const { door, services } = writeChain(kind, effort.depths);
  const printed = new Lines();
  const before = process.memoryUsage.rss();
  await using started = await startMeasured(
    {
      manifest: manifests[kind],
      ...profileOf(way),
      outDir: folders[way],
      only: services(depth),
      workers: 1,
      log: ({ stream, message }) => void (stream === 'stdout' && printed.add(message)),
    },
    way === 'redis' || way === 'mqtt' ? [way] : [],
  );
  const event = {
    kind: 'http',
    request: {
      method: 'GET',
      uri: `/${door(depth)}`,
      headers: [['host', 'localhost']],
      body: new Uint8Array(),
    },
  } as const;
  const once = async (): Promise<void> => {
    const outcome = await started.app.dispatch(door(depth), event);
    const body = outcome.kind === 'response' ? Buffer.from(outcome.response.body).toString() : outcome.kind;
    const sent = kind === 'pass' && depth > 1;
    const wanted = sent ? 'sent' : answerOf('ask', depth);
    if (body !== wanted) throw new Error(`${door(depth)} answered ${body} instead of ${wanted}`);
    if (sent) await printed.next(answerOf('pass', depth));
  };
  const timing = await time(repeated(once), effort, { individually: true });
  const memory = (process.memoryUsage.rss() - before) / 1e6;
  return [
    ...timesOf(at, timing),
    { at, measure: 'memory', unit: 'MB', value: Math.max(memory, 0), samples: 1 },
  ];
};

const onSpin: Run = async (way, depth, at, { folders }, effort) => {
  const door = writeChain('ask', effort.depths).door(depth);
  const { startSpin } = await import('../subjects/spin.ts');
  await using spin = await startSpin(folders[way]!);
  const once = async (): Promise<void> => {
    const body = await spin.ask(`/${door}`);
    if (body !== answerOf('ask', depth)) throw new Error(`${door} answered ${body}`);
  };
  const timing = await time(repeated(once), effort, { individually: true });
  return [
    ...timesOf(at, timing),
    { at, measure: 'memory', unit: 'MB', value: spin.memory() / 1e6, samples: 1 },
  ];
};

function repeated(once: () => Promise<void>): Calls {
  return async (count) => {
    for (let n = 0; n < count; n++) await once();
    return undefined;
  };
}

/** What services print, waited for line by line. */
class Lines {
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;

  add(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  async next(wanted: string): Promise<void> {
    while (this.#lines.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const line = this.#lines.shift();
    if (line !== wanted) throw new Error(`the last service printed ${line} instead of ${wanted}`);
  }
}
