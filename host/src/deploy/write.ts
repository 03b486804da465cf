import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltApp } from '../build/app.ts';
import { replaceFile, replaceTogether } from '../build/replace.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError } from '../diagnostics/error.ts';
import type { Plan } from '../plan/types.ts';
import { spinAppOf, type SpinApp } from './spin-app.ts';
import { spinProblems } from './spin-names.ts';
import { spinToml } from './spin-toml.ts';

/** A built app, or a part of one, as Spin takes it. */
export interface SpinReady {
  readonly plan: Plan;
  readonly app: SpinApp;
  /** The part's name, where the app is split. */
  readonly part?: string;
  /** Component → its bytes. */
  readonly units: ReadonlyMap<string, Uint8Array>;
}

/** The folder of the parts of a split app, beside its units. */
export const PARTS = 'parts';

/**
 * A built app's units and what Spin needs to know of them, for what carries both.
 *
 * @throws TenonError `deploy/spin-name`, `deploy/mqtt-brokers`, `deploy/pool-limit`
 */
export async function spinReady(
  { plan, units }: Pick<BuiltApp, 'plan' | 'units'>,
  app: SpinApp = spinAppOf(plan),
): Promise<SpinReady> {
  // Not on the way of a build that has nothing to do.
  const { poolProblems } = await import('./pool.ts');
  const bytes = new Map<string, Uint8Array>();
  const problems = [...spinProblems(plan, app)];
  for (const { unit, wasm } of units) {
    const contents = await readFile(wasm);
    bytes.set(unit.name, contents);
    problems.push(...poolProblems(plan, unit, contents));
  }
  if (problems.length > 0) throw new TenonError(problems);
  return { plan, app, units: bytes };
}

/**
 * Writes spin.toml beside the units of a built app, so that `spin up -f <folder>` runs it; returns what to warn
 * of. Where Spin cannot run the app none is left there, and parts of an earlier, split build never are.
 *
 * @throws TenonError as spinReady, `build/write`
 */
export async function writeSpinToml(built: BuiltApp): Promise<readonly Diagnostic[]> {
  const file = join(built.outDir, 'spin.toml');
  const text = spinToml(spinAppOf(built.plan));
  if (!(await isUpToDate(file, text, built))) {
    try {
      await spinReady(built);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    await replaceFile(file, text);
  }
  await rm(join(built.outDir, PARTS), { recursive: true, force: true });
  return sharedUnits(built.plan);
}

/**
 * Writes files into a folder, and removes those of `known` that are not among them: what an earlier run wrote.
 *
 * @throws TenonError `build/write`
 */
export async function replaceFiles(
  folder: string,
  known: readonly string[],
  files: ReadonlyMap<string, string>,
): Promise<void> {
  await replaceTogether(new Map([...files].map(([name, text]) => [join(folder, name), text])));
  for (const name of known) if (!files.has(name)) await rm(join(folder, name), { force: true });
}

/** Whether the file says what it should, and was written after the units were looked at. */
async function isUpToDate(file: string, text: string, { units }: BuiltApp): Promise<boolean> {
  try {
    if ((await readFile(file, 'utf8')) !== text) return false;
    const written = (await stat(file)).mtimeMs;
    const times = await Promise.all(units.map(async ({ wasm }) => (await stat(wasm)).mtimeMs));
    return times.every((time) => time <= written);
  } catch {
    return false;
  }
}

/** Units that remember on Node, and will not on Spin. */
export function sharedUnits({ units }: Plan): readonly Diagnostic[] {
  return units
    .filter(({ instance }) => instance === 'shared')
    .map(({ name }) =>
      diagnose('deploy/fresh-instances', `on Spin the unit \`${name}\` keeps no state between events`, {
        where: `service.${name}.instance`,
        expected: '`fresh`, for an app that is to run on Spin',
        found: '`shared`',
      }),
    );
}
