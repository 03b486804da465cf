import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { print } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import { link } from '../../src/link/link.ts';
import { expectGolden } from '../golden.ts';
import { tool } from '../tools.ts';
import { CASES, outline, readCase, reversed } from './case.ts';

const wasmTools = tool('wasm-tools');
const names = readdirSync(CASES).sort();
const failing = (name: string): boolean => name.startsWith('no-');

describe('linking', () => {
  test.each(names.filter((name) => !failing(name)))('%s', async (name) => {
    const graph = await readCase(name);
    const result = link(graph);
    expect(result.diagnostics).toEqual([]);
    if (!result.ok) throw new Error('linking failed without a diagnostic');
    const { bytes, imports, exports, report } = result.value;
    const notes = report.notes.map((note) => `;; ${JSON.stringify(note)}\n`).join('');
    expectGolden(join(CASES, name, 'linked.wat'), `${notes}${outline(await print(bytes))}`);

    const signature = componentTypeOf(bytes);
    if (!signature.ok) throw new Error(JSON.stringify(signature.diagnostics));
    expect([...signature.value.imports.keys()]).toEqual(imports);
    expect([...signature.value.exports.keys()]).toEqual(exports);

    const again = link(reversed(graph));
    expect(again.ok && Buffer.compare(again.value.bytes, bytes)).toBe(0);
  });

  test.each(names.filter(failing))('%s', async (name) => {
    const graph = await readCase(name);
    const result = link(graph);
    expect(result.ok).toBe(false);
    expectGolden(
      join(CASES, name, 'errors.txt'),
      renderDiagnostics(result.diagnostics, { color: false, source: () => undefined }),
    );
    const text = (diagnostics: typeof result.diagnostics): string[] =>
      diagnostics.map((d) => JSON.stringify(d)).sort();
    expect(text(link(reversed(graph)).diagnostics)).toEqual(text(result.diagnostics));
  });

  describe.skipIf(wasmTools.missing)(`is valid to wasm-tools${wasmTools.reason}`, () => {
    test.each(
      names.flatMap((name) => (failing(name) ? [] : [[name, true] as const, [name, false] as const])),
    )('%s, hoist %s', async (name, hoist) => {
      const result = link({ ...(await readCase(name)), passes: { hoist } });
      if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
      const run = spawnSync('wasm-tools', ['validate', '--features', 'all', '-'], {
        input: result.value.bytes,
      });
      expect(run.stderr.toString()).toBe('');
      expect(run.status).toBe(0);
    });
  });

  test('every case folder has its golden file', () => {
    const missing = names.filter(
      (name) => !existsSync(join(CASES, name, failing(name) ? 'errors.txt' : 'linked.wat')),
    );
    expect(missing).toEqual([]);
  });
});
