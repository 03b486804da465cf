import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/diagnostics/catalogue.ts';
import { DOCS, PAGES } from '../scripts/docs.ts';

const SOURCES = join(import.meta.dirname, '../src');

describe('docs/', () => {
  test.each(Object.keys(PAGES))('%s is what `npm run docs` writes', (file) => {
    expect(readFileSync(join(DOCS, file), 'utf8')).toBe(PAGES[file]?.());
  });

  test('errors.md has a section for every code, and no other', () => {
    const page = readFileSync(join(DOCS, 'errors.md'), 'utf8');
    const sections = [...page.matchAll(/^### `(.+)`$/gm)].map(([, code]) => code);
    expect(sections.sort()).toEqual(Object.keys(CATALOGUE).sort());
  });
});

describe('the catalogue', () => {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('catalogue'))
    .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
    // What must be said before anything can be imported.
    .concat(readFileSync(join(SOURCES, '../bin/tenon.js'), 'utf8').replaceAll(/error\[(.+?)\]/g, "'$1'"))
    .join('\n');

  test('has no code that nothing reports', () => {
    const unused = Object.keys(CATALOGUE).filter((code) => !sources.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });

  test.each(Object.entries(CATALOGUE))('%s explains itself', (code, { title, why, next }) => {
    expect(code).toMatch(/^[a-z]+\/[a-z]+(-[a-z]+)*$/);
    for (const text of [title, why, next]) expect(text.trim()).toBe(text);
    expect(Math.min(title.length, why.length, next.length)).toBeGreaterThan(5);
    expect(title, 'a heading').toMatch(/^\p{Lu}.*[^.:,;]$/u);
    for (const text of [why, next]) expect(text, 'sentences').toMatch(/^[\p{Lu}`][^]*[.?!]$/u);
  });
});
