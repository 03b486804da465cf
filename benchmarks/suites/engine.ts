import { join } from 'node:path';
import { answerOf, writeChain, type Chain } from '../apps/chain.ts';
import type { Effort } from '../harness/effort.ts';
import { time, timesOf } from '../harness/measure.ts';
import { median, quantile } from '../../host/src/cli/bench/statistics.ts';
import { sinceStart } from '../harness/since-start.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';
import { depthOf, partOf } from './chain.ts';

const VARIANTS = {
  linked: { label: 'linked, as built', options: { flatten: false } },
  flattened: { label: 'linked, flattened', options: {} },
  fused: { label: 'fused', options: { profile: 'fused' } },
} as const;
type Variant = keyof typeof VARIANTS;
const HOSTS = { wasmtime: 'Wasmtime 42', node: 'Node' } as const;
type Host = keyof typeof HOSTS;

interface Prepared {
  readonly manifest: string;
  /** By variant. */
  readonly folders: Readonly<Record<string, string>>;
}

/** What fresh engines cost: of units of one service and of several, on Node and on Wasmtime as Spin sets it. */
export const engine: Suite = {
  name: 'engine',
  title: 'Fresh engines',
  cases: ({ depths }) =>
    (Object.keys(HOSTS) as Host[]).flatMap((host) =>
      (Object.keys(VARIANTS) as Variant[]).map((variant): Case => ({
        name: `${variant}-${host}`,
        label: `${HOSTS[host]}: ${VARIANTS[variant].label}`,
        needs: host === 'wasmtime' ? ['wasmtime'] : [],
        parts: depths.map(partOf),
      })),
    ),
  async prepare({ depths }, cases) {
    const { buildApp } = await import('../../host/src/build/app.ts');
    const { prepareApp } = await import('../subjects/prepare-app.ts');
    const { manifest, door } = writeChain('ask', depths);
    const folders: Record<string, string> = {};
    for (const variant of Object.keys(VARIANTS) as Variant[]) {
      const outDir = join(manifest, `../.out/engine-${variant}`);
      const built = await buildApp({ manifest, ...VARIANTS[variant].options, outDir });
      await prepareApp(built, manifest);
      folders[variant] = outDir;
    }
    if (cases.some(({ name }) => name.endsWith('-wasmtime'))) {
      const { precompile } = await import('../subjects/wasmtime.ts');
      const units = Object.values(folders).flatMap((folder) =>
        depths.map((depth) => join(folder, `${door(depth)}.wasm`)),
      );
      await precompile(units);
    }
    return { manifest, folders } satisfies Prepared;
  },
  run(name: string, part: string, { manifest, folders }: Prepared, effort: Effort) {
    const [variant, host] = name.split('-') as [Variant, Host];
    const depth = depthOf(part);
    const chain = writeChain('ask', effort.depths);
    const wasm = join(folders[variant]!, `${chain.door(depth)}.wasm`);
    const unit = { wasm, outDir: folders[variant]!, variant, depth, at: part, manifest, chain };
    return host === 'node' ? onNode(unit, effort) : onWasmtime(unit, effort);
  },
};

interface Unit {
  readonly wasm: string;
  readonly outDir: string;
  readonly variant: Variant;
  readonly depth: number;
  readonly at: string;
  readonly manifest: string;
  readonly chain: Chain;
}

/** Instances alive at once, to see what one takes. */
const ALIVE = 8;

async function onWasmtime({ wasm, chain, depth, at }: Unit, effort: Effort): Promise<Measured[]> {
  const { startWasmtime } = await import('../subjects/wasmtime.ts');
  await using host = await startWasmtime(wasm);
  const uri = `/${chain.door(depth)}`;
  const { body } = await host.request(uri);
  if (body !== answerOf('ask', depth)) throw new Error(`${uri} answered ${body}`);
  const events = effort.quick ? 20 : 100;
  await host.fresh(uri, events / 2);
  const times = await host.fresh(uri, events);
  const whole = times.event.map((ns, index) => ns + times.instantiate[index]! + times.drop[index]!);
  const of = (measure: string, ns: readonly number[], q = 0.5): Measured => ({
    at,
    measure,
    unit: 'µs',
    value: quantile(ns, q) / 1000,
    samples: ns.length,
  });
  return [
    of('event on a fresh instance, p50', whole),
    of('event on a fresh instance, p99', whole, 0.99),
    of('instantiate', times.instantiate),
    of('first call', times.event),
    of('drop', times.drop),
    {
      at,
      measure: 'memory per instance',
      unit: 'MB',
      value: (await host.memory(uri, ALIVE)) / 1e6,
      samples: ALIVE,
    },
    { at, measure: 'cold start', unit: 'ms', value: host.loadNs / 1e6, samples: 1 },
  ];
}

async function onNode(unit: Unit, effort: Effort): Promise<Measured[]> {
  return [...(await throughPool(unit, effort)), ...(await ofInstances(unit, effort))];
}

/** As `tenon up` runs it: from the start of the process to the first answer, then events one after another. */
async function throughPool(unit: Unit, effort: Effort): Promise<Measured[]> {
  const { chain, depth, at } = unit;
  const { startMeasured } = await import('../subjects/app.ts');
  const door = chain.door(depth);
  const request = {
    method: 'GET',
    uri: `/${door}`,
    headers: [['host', 'localhost']],
    body: new Uint8Array(),
  } as const;
  const measured: Measured[] = [];
  for (const fresh of ['auto', 'instantiate'] as const) {
    const { options } = VARIANTS[unit.variant];
    await using started = await startMeasured(
      { manifest: unit.manifest, ...options, outDir: unit.outDir, only: [door], workers: 1, fresh },
      [],
    );
    const once = async (): Promise<void> => {
      const outcome = await started.app.dispatch(door, { kind: 'http', request });
      const body = outcome.kind === 'response' ? Buffer.from(outcome.response.body).toString() : outcome.kind;
      if (body !== answerOf('ask', depth)) throw new Error(`${door} answered ${body}`);
    };
    await once();
    if (fresh === 'auto')
      measured.push({ at, measure: 'cold start', unit: 'ms', value: sinceStart(), samples: 1 });
    const calls = async (count: number): Promise<undefined> => {
      for (let n = 0; n < count; n++) await once();
      return undefined;
    };
    const { samples } = await time(calls, effort, { individually: true });
    const way = fresh === 'auto' ? 'event on a reset instance' : 'event on a fresh instance';
    const of = (name: string, value: number): Measured => ({
      at,
      measure: `${way}, ${name}`,
      unit: 'µs',
      value,
      samples: samples.length,
    });
    measured.push(of('p50', median(samples)), of('p99', quantile(samples, 0.99)));
  }
  return measured;
}

/** The same without a pool: what making an instance, and making it as new, takes by itself. */
async function ofInstances({ wasm, manifest, chain, depth, at }: Unit, effort: Effort): Promise<Measured[]> {
  const { preparedFolder } = await import('../subjects/prepare-app.ts');
  const { ask, loadUnit } = await import('../subjects/service.ts');
  const unit = await loadUnit(wasm, preparedFolder(manifest));
  const uri = `/${chain.door(depth)}`;
  const instantiate = await time(
    async (count) => {
      for (let n = 0; n < count; n++) unit.instance();
      return undefined;
    },
    effort,
    { individually: true },
  );
  const { exports, snapshot } = unit.instance();
  if (!snapshot) throw new Error('the unit cannot be reset');
  const took: number[] = [];
  for (let n = 0; n < (effort.quick ? 20 : 100); n++) {
    const body = ask(exports, uri);
    if (body !== answerOf('ask', depth)) throw new Error(`${uri} answered ${body}`);
    const began = performance.now();
    const obstacle = snapshot.restore(0);
    took.push((performance.now() - began) * 1000);
    if (obstacle) throw new Error(`the instance cannot be reset: ${obstacle}`);
  }
  const before = process.memoryUsage.rss();
  const alive = Array.from({ length: ALIVE }, () => unit.instance().exports);
  for (const one of alive) ask(one, uri);
  const memory = Math.max(0, (process.memoryUsage.rss() - before) / ALIVE / 1e6);
  const [p50] = timesOf(at, instantiate);
  return [
    { ...p50!, measure: 'instantiate' },
    { at, measure: 'reset', unit: 'µs', value: median(took), samples: took.length },
    { at, measure: 'memory per instance', unit: 'MB', value: memory, samples: ALIVE },
  ];
}
