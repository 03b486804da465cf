import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import type { BuiltApp } from '../../src/build/app.ts';
import { poolProblemsOf } from '../../src/deploy/pool.ts';
import { writeSpinToml } from '../../src/deploy/write.ts';
import { TenonError } from '../../src/diagnostics/error.ts';
import type { Inspection } from '../../src/link/inspect/inspect.ts';
import type { PlannedUnit } from '../../src/plan/types.ts';
import { makeProject, type Project } from '../fixtures/project.ts';
import { planOf, unitOf } from './plans.ts';

const ROUTE = { kind: 'http', route: '/', service: 'front' } as const;

/** A component with as many memories, each in an instance of its own. */
function withMemories(count: number): Promise<Uint8Array> {
  const instances = Array.from({ length: count }, () => '(core instance (instantiate $m))');
  return parse(`(component (core module $m (memory 1)) ${instances.join(' ')})`);
}

function builtApp(project: Project, unit: PlannedUnit): BuiltApp {
  return {
    plan: planOf([unit]),
    outDir: project.folder,
    units: [{ unit, wasm: project.file(`${unit.name}.wasm`), digest: '' }],
    sourceMaps: {},
    warnings: [],
  };
}

describe('spin.toml beside the units', () => {
  test('appears, and keeps its time while nothing changes', async () => {
    using project = makeProject({ 'front.wasm': await withMemories(32) });
    const built = builtApp(project, unitOf('front', { triggers: [ROUTE] }));
    const file = project.file('spin.toml');
    expect(await writeSpinToml(built)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toContain('source = "front.wasm"');
    utimesSync(project.file('front.wasm'), 1000, 1000);
    utimesSync(file, 2000, 2000);
    await writeSpinToml(built);
    expect(statSync(file).mtimeMs).toBe(2_000_000);
    utimesSync(project.file('front.wasm'), 3000, 3000);
    await writeSpinToml(built);
    expect(statSync(file).mtimeMs).toBeGreaterThan(3_000_000);
  });

  test('is not there where Spin cannot run the app', async () => {
    using project = makeProject({ 'front.wasm': await withMemories(33), 'spin.toml': 'of an earlier build' });
    const built = builtApp(project, unitOf('front', { triggers: [ROUTE] }));
    const failed = await writeSpinToml(built).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TenonError);
    expect((failed as TenonError).diagnostics).toMatchObject([
      { code: 'deploy/pool-limit', expected: 'at most 32 memories', found: '33 memories' },
    ]);
    expect(existsSync(project.file('spin.toml'))).toBe(false);
  });

  test('warns where state would not last as it does on Node', async () => {
    using project = makeProject({ 'front.wasm': await withMemories(1) });
    const built = builtApp(project, unitOf('front', { triggers: [ROUTE], instance: 'shared' }));
    expect(await writeSpinToml(built)).toMatchObject([
      { code: 'deploy/fresh-instances', severity: 'warning', where: 'service.front.instance' },
    ]);
    expect(existsSync(project.file('spin.toml'))).toBe(true);
  });
});

test('a unit that is too large names all limits that it breaks', () => {
  const use = (used: number, limit: number) => ({ used, limit });
  const pool: Inspection['pool'] = {
    memories: use(40, 32),
    tables: use(64, 64),
    coreInstances: use(240, 200),
  };
  const unit = unitOf('front', { services: ['a', 'b', 'front'] });
  expect(poolProblemsOf(planOf([unit]), unit, pool)).toMatchObject([
    {
      code: 'deploy/pool-limit',
      where: 'unit front: 3 services',
      expected: 'at most 32 memories, at most 200 core instances',
      found: '40 memories, 240 core instances',
    },
  ]);
});
