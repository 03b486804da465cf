import { spawnSync } from 'node:child_process';
import { appendFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/build/app.ts';
import { TenonError } from '../../src/diagnostics/error.ts';
import { startApp, type RunningApp } from '../../src/trigger/app.ts';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { startWasmtime } from '../wasmtime/unit.ts';
import { ANSWERS, FAILURES } from './expected.ts';

const MANIFEST = fileURLToPath(new URL('placements.toml', import.meta.url));
/** Which edges are fused; the others are linked. */
const PLACES = [
  [],
  ['caller.desk=fused', 'desk.till=fused'],
  ['caller.desk=fused'],
  ['desk.till=fused'],
] as const;
const named = PLACES.map((place) => [place.join(' ') || 'all linked', place] as const);

type Folder = Awaited<ReturnType<typeof temporaryFolder>>;

/** The text that a call answers; undefined if it trapped. */
async function answerOf(app: RunningApp, call: string): Promise<string | undefined> {
  const response = await fetch(`${app.url}/${call}`);
  const text = await response.text();
  if (response.status === 200) return text;
  expect([response.status, text]).toEqual([500, '']);
  return undefined;
}

describe.each(named)('on Node, %s', (_, place) => {
  let state: Folder;
  let app: RunningApp;
  const log: string[] = [];

  beforeAll(async () => {
    state = await temporaryFolder('placements');
    app = await startApp({
      manifest: MANIFEST,
      place,
      outDir: join(state.path, 'out'),
      listen: '127.0.0.1:0',
      stateDir: state.path,
      log: ({ message }) => void log.push(message),
    });
  });
  afterAll(async () => {
    await app?.close();
    await state?.[Symbol.asyncDispose]();
  });

  test.each(ANSWERS)('%s', async (call, answer) => {
    expect(await answerOf(app, call)).toBe(answer);
  });

  test.each(FAILURES)(
    '%s ends the event, which nothing catches and of which nothing is stored',
    async (call, failure) => {
      log.length = 0;
      expect(await answerOf(app, call)).toBeUndefined();
      const fused = place.some((one) => one.startsWith(failure.edge));
      const wanted = fused ? failure.fused : failure.linked;
      for (const text of wanted) expect(log.join('\n')).toContain(text);
      expect(await answerOf(app, 'stored')).toBe('{"$":"object","members":[["value",[]]]}');
    },
  );

  test('what fused services store is stored together', async () => {
    expect(await answerOf(app, 'store?')).toBe('{"$":"object","members":[["value","done"]]}');
    expect(await answerOf(app, 'stored')).toBe(
      '{"$":"object","members":[["value",["before","finally","value"]]]}',
    );
  });
});

describe('a result that is not of its type', () => {
  test('is refused with its path where the edge is fused', async () => {
    await using state = await temporaryFolder('placements');
    const log: string[] = [];
    const app = await startApp({
      manifest: MANIFEST,
      place: ['caller.desk=fused'],
      outDir: join(state.path, 'out'),
      listen: '127.0.0.1:0',
      stateDir: state.path,
      log: ({ message }) => void log.push(message),
    });
    expect(await answerOf(app, 'misbehave?wrong member')).toBeUndefined();
    expect(log.join('\n')).toContain(
      'desk.misbehave of desk gave a wrong value: Mismatch: result.lines[1].quantity: expected u32, found -1',
    );
    await app.close();
  });
});

describe('what is wrong with a service is told as where it is built alone', () => {
  test.each([
    [
      'desk',
      "import { Store } from 'fermyon:spin/key-value@2.0.0';\ndesk.large = () => Number(Store.open('default'));\n",
      {
        code: 'build/import-not-in-world',
        where: 'service desk',
        span: { file: 'desk/desk.ts', column: 23 },
      },
    ],
    [
      'till',
      "till.count = () => Number(fetch('http://x'));\n",
      { code: 'build/import-not-in-world', span: { file: 'till/world.wit' } },
    ],
    [
      'desk',
      "import './nowhere.ts';\n",
      { code: 'build/unresolved-import', span: { file: 'desk/desk.ts', column: 8 } },
    ],
    [
      'till',
      'till.count = undefined as never;\n',
      {
        code: 'build/wrong-export',
        message: '`till.count` of till is undefined',
        span: { file: 'till/till.ts' },
      },
    ],
    [
      'desk',
      'tillCount();\n',
      { code: 'build/top-level-exception', span: { file: 'desk/desk.ts', column: 1 } },
    ],
  ])('in %s: %s', async (service, text, expected) => {
    await using folder = await temporaryFolder('placements');
    const manifest = await copyInto(folder.path);
    await appendFile(join(folder.path, 'placements', service, `${service}.ts`), text);
    const problem: unknown = await buildApp({ manifest, place: PLACES[1], typeCheck: false }).catch(
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(TenonError);
    const [first] = (problem as TenonError).diagnostics;
    const file = first?.span?.file.replace(/^.*placements[^/]*\/placements\//, '');
    expect({ ...first, span: { ...first?.span, file } }).toMatchObject(expected);
  });
});

/** A copy of the app that a test may change; gives its manifest. */
async function copyInto(folder: string): Promise<string> {
  for (const part of ['placements', 'every-type']) {
    await cp(fileURLToPath(new URL(`../${part}`, import.meta.url)), join(folder, part), {
      recursive: true,
      filter: (path) => !path.includes('.out'),
    });
  }
  return join(folder, 'placements', 'placements.toml');
}

const python = tool('python-wasmtime');
describe.skipIf(python.missing)(`on Wasmtime 42${python.reason}`, () => {
  test('services answer and fail alike, linked or fused', async () => {
    await using folder = await temporaryFolder('placements');
    const units: Record<string, string> = {};
    for (const [at, place] of PLACES.entries()) {
      const outDir = join(folder.path, String(at));
      units[at] = (await buildApp({ manifest: MANIFEST, place, outDir })).units[0]!.wasm;
    }
    await using host = startWasmtime(units, 'ignore');
    const request = async (unit: string, call: string): Promise<string> => {
      const answer = await host.units[unit]!.request({
        method: 'GET',
        uri: `/${call}`,
        headers: [['host', 'localhost']],
      });
      return Buffer.from(answer.body).toString();
    };
    for (const unit of Object.keys(units)) {
      for (const [call, answer] of ANSWERS) {
        expect([unit, call, await request(unit, encodeURI(call))]).toEqual([unit, call, answer]);
      }
      for (const [call] of FAILURES) {
        await expect(request(unit, encodeURI(call)), `${unit} ${call}`).rejects.toThrow(Error);
      }
    }
  });
});

describe('a fused unit', () => {
  test('is the same for the same sources, whatever the order of the manifest', async () => {
    await using folder = await temporaryFolder('placements');
    const manifest = await copyInto(folder.path);
    const place = PLACES[1];
    const first = await buildApp({ manifest, place, outDir: join(folder.path, '1') });
    const [head, ...tables] = (await readFile(manifest, 'utf8')).split(/\n(?=\[+(?:service|trigger))/);
    await writeFile(manifest, [head, ...tables.reverse()].join('\n'));
    const second = await buildApp({ manifest, place, outDir: join(folder.path, '2') });
    expect(second.units[0]!.digest).toBe(first.units[0]!.digest);
    expect(Object.keys(second.sourceMaps)).toEqual(['caller--desk--till']);
  });

  const validator = tool('wasm-tools');
  test.skipIf(validator.missing)(`validates${validator.reason}`, async () => {
    await using folder = await temporaryFolder('placements');
    for (const place of PLACES) {
      const { units } = await buildApp({ manifest: MANIFEST, place, outDir: folder.path });
      const { status, stderr } = spawnSync('wasm-tools', ['validate', units[0]!.wasm], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });
});
