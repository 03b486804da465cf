import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../../test/fixtures/project.ts';
import { GLOBALS } from './typecheck.ts';
import { readOutput, runTypeCheck } from './tsc.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project[Symbol.dispose]());

describe('runTypeCheck', () => {
  test('finds a type error with its place, what was expected and found', async () => {
    project.write({
      'a.ts': "import { n } from './b.ts';\nexport const a: string = n;\n",
      'b.ts': 'export const n = 1;\n',
    });
    const { diagnostics, files } = await runTypeCheck([project.file('a.ts')], project.file('tmp'));
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      code: 'build/type',
      message: "Type 'number' is not assignable to type 'string' (TS2322)",
      span: { line: 2, column: 14, length: 1 },
      expected: 'type `string`',
      found: 'type `number`',
    });
    expect(project.relative(diagnostics[0]!.span!.file)).toBe('a.ts');
    expect(files.map(project.relative).sort()).toEqual(['a.ts', 'b.ts']);
  });

  test('knows the guest’s globals, and nothing of Node', async () => {
    project.write({
      'a.ts': "export const a = new Response(process.cwd());\nexport const b = new URL('http://x');\n",
    });
    const { diagnostics } = await runTypeCheck([project.file('a.ts'), GLOBALS], project.file('tmp'));
    expect(diagnostics.map(({ message }) => message.split('.')[0])).toEqual(["Cannot find name 'process'"]);
  });

  test('takes a right module for right', async () => {
    project.write({ 'a.ts': 'export const a: number = 1;\n' });
    expect((await runTypeCheck([project.file('a.ts')], project.file('tmp'))).diagnostics).toEqual([]);
  });
});

test('readOutput keeps what explains an error with it', () => {
  const output = [
    "a.ts(1,2): error TS2345: Argument of type '{ b: number; }' is not assignable to parameter of type 'A'.",
    "  Types of property 'b' are incompatible.",
    "    Type 'number' is not assignable to type 'string'.",
    'error TS18003: No inputs were found.',
    '/lib/node_modules/@typescript/typescript-linux-x64/lib/lib.es5.d.ts',
    '/x/a.ts',
  ].join('\n');
  const { diagnostics, files } = readOutput(output, '/x');
  expect(files).toEqual(['/x/a.ts']);
  expect(diagnostics.map(({ related }) => related?.map(({ message }) => message))).toEqual([
    ["Types of property 'b' are incompatible.", "Type 'number' is not assignable to type 'string'."],
    [],
  ]);
  expect(diagnostics[0]).toMatchObject({ expected: 'type `A`', found: 'type `{ b: number; }`' });
});
