import { describe, expect, test } from 'vitest';
import { diagnose, type Diagnostic } from './diagnostic.ts';
import { diagnosticToJson } from './json.ts';
import { renderDiagnostics } from './render.ts';

const TEXT = 'name = "orders"\r\n\tverison = 1\r\nlabel = "注文 é" # ok\r\n';
const FILE = '/shop/composed/orders.toml';

const full: Diagnostic = diagnose('manifest/unknown-key', 'the manifest has no key `verison`', {
  span: { file: FILE, line: 2, column: 2, length: 7 },
  expected: '`name` or\n`version`',
  found: '`verison`',
  next: 'Did you mean `version`?',
  related: [
    { message: 'the table begins here', span: { file: FILE, line: 1, column: 1, length: 4 } },
    { message: 'see also the docs' },
  ],
});

function render(diagnostics: readonly Diagnostic[], color = false): string {
  return renderDiagnostics(diagnostics, {
    source: (file) => (file === FILE ? TEXT : undefined),
    color,
    cwd: '/shop/',
  });
}

describe('renderDiagnostics', () => {
  test('shows place, line, caret, expected, found, related places and the next step', () => {
    expect(render([full])).toMatchInlineSnapshot(`
      "error[manifest/unknown-key]: the manifest has no key \`verison\`
        --> composed/orders.toml:2:2
        |
      2 |     verison = 1
        |     ^^^^^^^
        expected: \`name\` or
                  \`version\`
        found:    \`verison\`
        see:      the table begins here
        --> composed/orders.toml:1:1
        |
      1 | name = "orders"
        | ^^^^
        see:      see also the docs
        next:     Did you mean \`version\`?
      "
    `);
  });

  test('puts the caret under what is meant behind wide and combining characters', () => {
    const at = diagnose('manifest/bad-value', 'x', { span: { file: FILE, line: 3, column: 14, length: 4 } });
    expect(render([at])).toMatchInlineSnapshot(`
      "error[manifest/bad-value]: x
        --> composed/orders.toml:3:14
        |
      3 | label = "注文 é" # ok
        |                ^^^^
        next:     Use one of the expected values.
      "
    `);
  });

  test('without a source only the place, without a span where it is', () => {
    const elsewhere = diagnose('plan/cycle', 'a circle', {
      span: { file: '/other/x.toml', line: 9, column: 3 },
    });
    const inside = diagnose('plan/cycle', 'a circle', { where: 'a -> b', severity: 'warning' });
    expect(render([elsewhere, inside])).toMatchInlineSnapshot(`
      "error[plan/cycle]: a circle
       --> /other/x.toml:9:3
        next:     Remove one of the edges, for instance by moving what both need into a service of its own.

      warning[plan/cycle]: a circle
        in:       a -> b
        next:     Remove one of the edges, for instance by moving what both need into a service of its own.
      "
    `);
  });

  test('a span beyond the file or the line does not break it', () => {
    const beyond = diagnose('manifest/syntax', 'x', { span: { file: FILE, line: 99, column: 1 } });
    const behind = diagnose('manifest/syntax', 'x', {
      span: { file: FILE, line: 1, column: 99, length: 50 },
    });
    expect(render([beyond])).toContain('--> composed/orders.toml:99:1\n');
    expect(render([behind]).split('\n')[4]?.trimEnd()).toMatch(/\^$/);
  });

  test('colours only where asked', () => {
    expect(render([full])).not.toContain('\x1b');
    expect(render([full], true)).toContain('\x1b[1;31merror[manifest/unknown-key]\x1b[0m');
    // eslint-disable-next-line no-control-regex
    expect(render([full], true).replaceAll(/\x1b\[[\d;]*m/g, '')).toBe(render([full]));
  });

  test('what a text holds cannot steer the terminal', () => {
    const text = 'name = "\x1b[2Jx\u202e"';
    const found = diagnose('manifest/bad-value', 'a \x1b]0;title\x07', {
      span: { file: FILE, line: 1, column: 8, length: 7 },
      found: '\x9b31m',
    });
    const shown = renderDiagnostics([found], { source: () => text, color: false });
    expect(shown).toContain('1 | name = "\ufffd[2Jx\ufffd"\n');
    // eslint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('nothing for nothing', () => expect(render([])).toBe(''));
});

describe('diagnosticToJson', () => {
  test('has the same fields, and a length for every span', () => {
    const parsed: unknown = JSON.parse(JSON.stringify(diagnosticToJson(full)));
    expect(parsed).toEqual({
      ...full,
      related: [
        { message: 'the table begins here', span: { file: FILE, line: 1, column: 1, length: 4 } },
        { message: 'see also the docs' },
      ],
    });
    const bare = diagnose('plan/cycle', 'x', { span: { file: 'a', line: 1, column: 2 } });
    expect(diagnosticToJson(bare)).toEqual({
      code: 'plan/cycle',
      severity: 'error',
      message: 'x',
      span: { file: 'a', line: 1, column: 2, length: 1 },
      next: bare.next,
    });
  });
});
