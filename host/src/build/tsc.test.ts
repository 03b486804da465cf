import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../../test/fixtures/project.ts';
import { typeDiagnostics } from './type-diagnostics.ts';
import { GLOBALS } from './typecheck.ts';
import { readOutput, runTypeCheck } from './tsc.ts';

/** What the messages say of the service that was checked. */
const SERVICE = {
  name: 'a',
  world: { kind: 'component', imports: new Map(), exports: new Map() },
} as const;

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
    const { errors, files } = await runTypeCheck([project.file('a.ts')], project.file('tmp'));
    const diagnostics = await typeDiagnostics(errors, SERVICE);
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
    const { errors } = await runTypeCheck([project.file('a.ts'), GLOBALS], project.file('tmp'));
    expect(await typeDiagnostics(errors, SERVICE)).toMatchObject([
      { code: 'build/missing-global', found: '`process`', span: { line: 1, column: 31, length: 7 } },
    ]);
  });

  test('does not check an entry in plain JavaScript', async () => {
    project.write({ 'a.js': 'export const a = (b) => b.c;\n' });
    expect((await runTypeCheck([project.file('a.js')], project.file('tmp'))).errors).toEqual([]);
  });

  test('keeps errors of a generated module apart', async () => {
    project.write({ 'a.ts': 'export const a: number = 1;\n' });
    const text = `import { a } from ${JSON.stringify(project.file('a.ts'))};\nexport const b: string = a;\n`;
    const { errors, generated, files } = await runTypeCheck(
      [project.file('a.ts')],
      project.file('tmp'),
      text,
    );
    expect([errors, files.map(project.relative)]).toEqual([[], ['a.ts']]);
    expect(generated).toMatchObject([{ line: 2, number: 'TS2322' }]);
  });

  test('tells of a module that cannot be parsed only that, once', async () => {
    project.write({ 'a.ts': "import { b } from './b.ts';\nexport const a: string = b;\n" });
    project.write({ 'b.ts': 'export const b = ((1);\nexport const c: string = (2;\n' });
    const { errors } = await runTypeCheck([project.file('a.ts')], project.file('tmp'));
    const diagnostics = await typeDiagnostics(errors, SERVICE);
    expect(diagnostics.map(({ code, span }) => [code, span?.line, span?.column])).toEqual([
      ['build/syntax', 1, 22],
    ]);
  });

  test('takes a right module for right', async () => {
    project.write({ 'a.ts': 'export const a: number = 1;\n' });
    expect((await runTypeCheck([project.file('a.ts')], project.file('tmp'))).errors).toEqual([]);
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
  const { errors, files } = readOutput(output, '/x');
  expect(files).toEqual(['/x/a.ts']);
  expect(errors.map(({ details }) => details)).toEqual([
    ["Types of property 'b' are incompatible.", "Type 'number' is not assignable to type 'string'."],
    [],
  ]);
  expect(errors[0]).toMatchObject({ file: '/x/a.ts', line: 1, column: 2, number: 'TS2345' });
  expect(errors[1]).toEqual({ number: 'TS18003', text: 'No inputs were found.', details: [] });
});
