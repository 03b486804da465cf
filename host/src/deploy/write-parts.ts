import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltApp } from '../build/app.ts';
import { replaceTogether } from '../build/replace.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { planToJson } from '../plan/json.ts';
import { spinToml } from './spin-toml.ts';
import { splitApp } from './split.ts';
import { PARTS, sharedUnits, spinReady, type SpinReady } from './write.ts';

/** A part of a split app where it lies. */
export interface WrittenPart {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute files of its components. */
  readonly wasm: readonly string[];
}

/**
 * The parts of a built app, each as Spin takes it.
 *
 * @throws TenonError as splitApp, spinReady
 */
export async function splitReady({ plan, units }: BuiltApp): Promise<readonly SpinReady[]> {
  const parts = splitApp(plan).map(async ({ name, plan: own, app }) => {
    const names = new Set(own.units.map((unit) => unit.name));
    const ready = await spinReady(
      { plan: own, units: units.filter(({ unit }) => names.has(unit.name)) },
      app,
    );
    return { ...ready, part: name };
  });
  return await Promise.all(parts);
}

/**
 * Writes each part of a built app into a folder of its own, `parts/<name>`, with all that `spin up -f <folder>` needs.
 * The app has no spin.toml as a whole then, so that nobody runs a unit twice; where it cannot be split, nothing of an
 * earlier build is left either. Returns the parts, and what to warn of.
 *
 * @throws TenonError as splitReady, `build/write`
 */
export async function writeParts(
  built: BuiltApp,
): Promise<{ readonly parts: readonly WrittenPart[]; readonly warnings: readonly Diagnostic[] }> {
  const folder = join(built.outDir, PARTS);
  await rm(join(built.outDir, 'spin.toml'), { force: true });
  try {
    const ready = await splitReady(built);
    const parts = ready.map(({ part: name = '', app }) => ({
      name,
      folder: join(folder, name),
      wasm: app.components.map(({ source }) => join(folder, name, source)),
    }));
    await replaceTogether(
      new Map(ready.flatMap((part) => [...filesOf(part, join(folder, part.part ?? ''))])),
    );
    for (const entry of await readdir(folder)) {
      if (!parts.some(({ name }) => name === entry))
        await rm(join(folder, entry), { recursive: true, force: true });
    }
    return { parts, warnings: sharedUnits(built.plan) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The files of a part; spin.toml last: where it stands, all that it names does too. */
function filesOf({ plan, app, units }: SpinReady, folder: string): ReadonlyMap<string, Uint8Array | string> {
  return new Map<string, Uint8Array | string>([
    ...app.components.map(({ id, source }) => [join(folder, source), units.get(id)!] as const),
    [join(folder, 'plan.json'), `${JSON.stringify(planToJson(plan), null, 2)}\n`],
    [join(folder, 'spin.toml'), spinToml(app)],
  ]);
}
