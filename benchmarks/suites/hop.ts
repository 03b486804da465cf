import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Effort } from '../harness/effort.ts';
import { time, timesOf } from '../harness/measure.ts';
import { cpuOf } from '../harness/process-cpu.ts';
import type { Case, Measured, Suite } from '../harness/suite.ts';
import { PAYLOADS, type Payload } from '../subjects/payloads.ts';
import type { Subject } from '../subjects/subject.ts';

const MANIFEST = fileURLToPath(new URL('../apps/hop/hop.toml', import.meta.url));
const QUICK_PAYLOADS = new Set(['u32', '16 B', '1 line']);

const CASES: readonly Case[] = [
  { name: 'js', label: 'plain JS call in the engine' },
  { name: 'fused-node', label: 'fused, Node' },
  { name: 'linked-node', label: 'linked, Node' },
  { name: 'stock-node', label: 'linked, Node, stock jco glue' },
  { name: 'stock-plain-node', label: 'linked, Node, stock jco glue, plain process.env' },
  { name: 'fused-wasmtime', label: 'fused, Wasmtime 42', needs: ['wasmtime'] },
  { name: 'linked-wasmtime', label: 'linked, Wasmtime 42', needs: ['wasmtime'] },
  { name: 'fused-spin', label: 'fused, Spin', needs: ['spin'] },
  { name: 'linked-spin', label: 'linked, Spin', needs: ['spin'] },
  { name: 'moleculer-local', label: 'Moleculer, local' },
  { name: 'redis-one-way', label: 'Redis pub/sub, one way', needs: ['redis'] },
  { name: 'mqtt-0', label: 'MQTT QoS 0, one way', needs: ['mosquitto'] },
  { name: 'mqtt-1', label: 'MQTT QoS 1, one way', needs: ['mosquitto'] },
  { name: 'node-http', label: 'HTTP, node:http' },
  { name: 'undici', label: 'HTTP, undici' },
  { name: 'trpc', label: 'tRPC over HTTP' },
  { name: 'moleculer-tcp', label: 'Moleculer, TCP' },
  { name: 'redis-reply', label: 'Redis, request and reply', needs: ['redis'] },
  { name: 'moleculer-redis', label: 'Moleculer, Redis', needs: ['redis'] },
];

interface Prepared {
  readonly linked: Built;
  readonly fused: Built;
  readonly cache: string;
}

interface Built {
  readonly folder: string;
  readonly wasm: string;
}

function stockFolder({ folder }: Built): string {
  return join(folder, 'stock');
}

/** One call from service to service, by every way to make one. */
export const hop: Suite = {
  name: 'hop',
  title: 'One call from service to service',
  cases: () => CASES,
  async prepare(_, cases) {
    const { buildApp, cacheFolder } = await import('../../host/src/build/app.ts');
    const { writeSpinToml } = await import('../../host/src/deploy/write.ts');
    const { prepareUnit } = await import('../../host/src/runtime/prepare.ts');
    const cache = join(cacheFolder(MANIFEST), 'prepared');
    const build = async (name: string, place: readonly string[]): Promise<Built> => {
      const folder = join(cacheFolder(MANIFEST), '..', name);
      const built = await buildApp({ manifest: MANIFEST, place, outDir: folder });
      await writeSpinToml(built);
      const { wasm } = built.units[0]!;
      // Transpiled now, so that no case does it while it is measured.
      await prepareUnit(await readFile(wasm), cache, { memoryLimit: 128 * 1024 * 1024 });
      return { folder, wasm };
    };
    const linked = await build('hop-linked', []);
    const fused = await build('hop-fused', ['caller.callee=fused']);
    const { transpileStock } = await import('../subjects/service.ts');
    await transpileStock(linked.wasm, stockFolder(linked));
    if (cases.some(({ needs = [] }) => needs.includes('wasmtime'))) {
      const { precompile } = await import('../subjects/wasmtime.ts');
      await precompile([linked.wasm, fused.wasm]);
    }
    return { linked, fused, cache } satisfies Prepared;
  },
  async run(name: string, _part: string, prepared: Prepared, effort: Effort) {
    await using subject = await subjectOf(name, prepared);
    const measured: Measured[] = [];
    for (const payload of payloads(effort)) {
      const calls = await subject.calls(payload);
      const { individually, pids } = subject;
      const timing = await time(calls, effort, { individually, cpu: () => cpuOf(pids) });
      measured.push(...timesOf(payload.name, timing));
    }
    return measured;
  },
};

function payloads({ quick }: Effort): readonly Payload[] {
  return quick ? PAYLOADS.filter(({ name }) => QUICK_PAYLOADS.has(name)) : PAYLOADS;
}

async function subjectOf(name: string, { linked, fused, cache }: Prepared): Promise<Subject> {
  const engine = await import('../subjects/engine.ts');
  switch (name) {
    case 'js':
      return engine.nodeSubject(linked.wasm, cache, 'own');
    case 'fused-node':
      return engine.nodeSubject(fused.wasm, cache, 'service');
    case 'linked-node':
      return engine.nodeSubject(linked.wasm, cache, 'service');
    case 'stock-node':
      return engine.stockSubject(linked.wasm, stockFolder(linked), cache, 'own');
    case 'stock-plain-node':
      return engine.stockSubject(linked.wasm, stockFolder(linked), cache, 'plain');
    case 'fused-wasmtime':
      return engine.wasmtimeSubject(fused.wasm);
    case 'linked-wasmtime':
      return engine.wasmtimeSubject(linked.wasm);
    case 'fused-spin':
      return engine.spinSubject(fused.folder);
    case 'linked-spin':
      return engine.spinSubject(linked.folder);
    default: {
      const { transportSubject, TRANSPORTS } = await import('../subjects/transport.ts');
      if (!(name in TRANSPORTS)) throw new Error(`there is no case ${name}`);
      return transportSubject(name as keyof typeof TRANSPORTS);
    }
  }
}
