import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { expectGolden } from '../golden.ts';
import { inFolder, parseCase } from './case.ts';
import { diagnosticsOf } from './stages.ts';

const HERE = import.meta.dirname;
const cases = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.txt'))
  .sort();

describe('wrong apps', () => {
  test.each(cases)('%s', async (file) => {
    const wrong = parseCase(readFileSync(join(HERE, file), 'utf8'));
    const rendered = await inFolder(wrong, async (folder) => {
      const diagnostics = await diagnosticsOf(wrong, folder);
      expect(diagnostics.length, 'nothing is wrong').toBeGreaterThan(0);
      for (const { span, where, expected, found, next } of diagnostics) {
        expect(span ?? where, 'has a place').toBeDefined();
        expect([expected, found, next], 'says what was expected, found and what next').not.toContain(
          undefined,
        );
        expect(next, 'is a sentence').toMatch(/^[\p{Lu}`][^]*[.?!]$/u);
      }
      const source = (path: string): string => readFileSync(path, 'utf8');
      const shown = renderDiagnostics(diagnostics, { source, color: false, cwd: folder });
      return shown.replaceAll(`${relative(process.cwd(), folder)}/`, '').replaceAll(`${folder}/`, '');
    });
    expectGolden(join(HERE, file.replace(/\.txt$/, '.err')), rendered);
  });

  test('there are as many as promised', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
  });
});
