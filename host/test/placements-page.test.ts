import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../src/diagnostics/error.ts';
import { parseManifest } from '../src/manifest/parse.ts';
import { encodeDeadLetter } from '../src/trigger/messages/dead-letter.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const TENON = join(ROOT, 'host/bin/tenon.js');
const text = await readFile(join(ROOT, 'docs/placements.md'), 'utf8');

function blocks(language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, of, body = '']) =>
    of === language ? [body] : [],
  );
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('docs/placements.md', () => {
  test.each(blocks('console'))('shows what a command prints, %#', async (block) => {
    const [line = '', ...output] = block.split('\n');
    const [prompt, npx, tenon, ...args] = line.split(' ');
    expect([prompt, npx, tenon]).toEqual(['$', 'npx', 'tenon']);
    const { stdout } = await run(process.execPath, [TENON, ...args], { cwd: ROOT });
    expect(stdout.trim()).toBe(output.join('\n').trim());
  });

  test.each(blocks('toml'))('has manifests that are right, %#', (block) => {
    const { edges, triggers } = unwrap(parseManifest(`name = "x"\n${block}`, 'x.toml'));
    expect(Object.keys(edges).length + triggers.mqtt.length).toBeGreaterThan(0);
  });

  test('shows a dead letter as it is', () => {
    const [block = ''] = blocks('json');
    const letter = JSON.parse(block) as { message: object; reason: string; topic: string; time: string };
    const encoded = encodeDeadLetter({
      ...letter,
      payload: new Uint8Array(),
      json: JSON.stringify(letter.message),
      attempts: 1,
      time: Date.parse(letter.time),
    });
    expect(JSON.parse(new TextDecoder().decode(encoded))).toEqual(letter);
  });

  test('links to what is there', async () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    expect(links.length).toBeGreaterThan(10);
    for (const [link, file = '', anchor] of links) {
      const path = join(ROOT, 'docs', file === '' ? 'placements.md' : file);
      await access(path);
      const found = anchor === undefined || anchorsOf(await readFile(path, 'utf8')).has(anchor);
      expect([link, found]).toEqual([link, true]);
    }
  });
});
