import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectGolden } from '../../../test/golden.ts';
import { quickjs } from '../../../test/link/quickjs.ts';
import { componentTypeOf } from '../../component/signature.ts';
import { mismatches } from '../../component/subtype.ts';
import { declarationsOf } from '../../contract/declarations.ts';
import { tokenizeWit, type WitToken } from '../../contract/wit-tokens.ts';
import { TenonError, unwrap } from '../../diagnostics/error.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { runTypeCheck } from '../tsc.ts';
import { encodeWorld, type EncodedWorld } from './encode.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const wit = join(root, 'wit');
const golden = fileURLToPath(new URL('golden/', import.meta.url));
let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tenon-wit-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function everyType(world: string): Promise<EncodedWorld> {
  return encodeWorld({ worldFile: join(wit, 'every-type/worlds.wit'), witDirs: [wit], world });
}

/** Encodes a world written for the test; contracts come from wit/. */
function encode(text: string): Promise<EncodedWorld> {
  const worldFile = join(scratch, 'world.wit');
  writeFileSync(worldFile, text);
  return encodeWorld({ worldFile, witDirs: [wit] });
}

describe('the services of the orders app', () => {
  const store = 'fermyon:spin/key-value@2.0.0';
  const http = ['fermyon:spin/http-types', 'fermyon:spin/inbound-http'];
  const submit = 'orders:fulfilment/fulfilment@0.1.0';
  test.each([
    ['receiver', 'orders:receiver/receiver@0.1.0', [store, submit, http[0]], [http[1]]],
    ['fulfilment', 'orders:fulfilment-service/fulfilment@0.1.0', [store], [submit]],
    ['status', 'orders:status/status@0.1.0', [store, http[0]], [http[1]]],
  ])('%s has its world', async (service, id, imports, exports) => {
    const encoded = await encodeWorld({
      worldFile: join(root, 'components', service, 'world.wit'),
      witDirs: [wit],
    });
    expect(encoded.id).toBe(id);
    expect([...encoded.world.imports.keys()]).toEqual(imports);
    expect([...encoded.world.exports.keys()]).toEqual(exports);
  });

  test('doc comments and files come with it', async () => {
    const worldFile = join(root, 'components/receiver/world.wit');
    const encoded = await encodeWorld({ worldFile, witDirs: [wit] });
    expect(encoded.docs.get('orders:fulfilment/fulfilment@0.1.0#order.id')).toContain('100000 to 999998');
    expect(encoded.files).toContain(worldFile);
    expect(encoded.files).toContain(join(wit, 'orders-fulfilment/fulfilment.wit'));
    expect(encoded.source).not.toContain('wasi:');
  });
});

describe('declarations', () => {
  test.each(['importer', 'provider'])('of the %s of every type are as reviewed', async (world) => {
    const files = declarationsOf(await everyType(world));
    expect(files).toHaveLength(2);
    for (const { file, text } of files) {
      expectGolden(join(golden, `${world}-${file.replace('.gen.ts', '.ts')}.txt`), text);
    }
  });

  test('of the orders app are as reviewed', async () => {
    const worldFile = join(root, 'components/fulfilment/world.wit');
    const files = declarationsOf(await encodeWorld({ worldFile, witDirs: [wit] }));
    expect(files).toHaveLength(2);
    for (const { file, text } of files) {
      expectGolden(join(golden, `fulfilment-${file.replace('.gen.ts', '.ts')}.txt`), text);
    }
  });

  test('type-check, and so does a service that uses them', async () => {
    const world = await encode(
      'package test:all;\nworld all {\n  include tenon:every-type/importer@1.0.0;\n  include tenon:every-type/provider@1.0.0;\n' +
        '  include spin:mqtt-trigger/spin-mqtt;\n  import fermyon:spin/mqtt@2.0.0;\n  import wasi:filesystem/preopens@0.2.12;\n' +
        '  export fermyon:spin/inbound-redis;\n  import give: func(v: option<u8>) -> result<u8, string>;\n}\n',
    );
    const files = declarationsOf(world).map(({ file, text }) => {
      writeFileSync(join(scratch, file), text);
      return join(scratch, file);
    });
    writeFileSync(join(scratch, 'service.ts'), SERVICE);
    const { errors } = await runTypeCheck([...files, join(scratch, 'service.ts')], scratch);
    expect(errors.map(({ line, text }) => `${line}: ${text}`)).toEqual([]);
  });

  test('refuse a service that breaks its contract', async () => {
    const files = declarationsOf(await everyType('provider')).map(({ file, text }) => {
      writeFileSync(join(scratch, file), text);
      return join(scratch, file);
    });
    writeFileSync(
      join(scratch, 'service.ts'),
      "import type { Users } from './contract.gen.ts';\nexport const users: Users = {\n  count: (tally) => tally.nothing,\n};\n",
    );
    const { errors } = await runTypeCheck([...files, join(scratch, 'service.ts')], scratch);
    expect(errors).toMatchObject([{ line: 3 }]);
  });
});

/** Uses every import and implements every export in the way that the declarations promise. */
const SERVICE = `
import * as values from 'tenon:every-type/values@1.0.0';
import { both, takeOnlyError } from 'tenon:every-type/results@1.0.0';
import { Counter, issue, all } from 'tenon:every-type/resources@1.0.0';
import { count } from 'tenon:every-type/users@1.0.0';
import { Connection } from 'fermyon:spin/mqtt@2.0.0';
import type { InboundRedis, Problem, Resources, Results, Users, World } from './contract.gen.ts';

const maybe: string | null | undefined = values.anOption(undefined);
const nested: number | null | undefined = (() => {
  const option = values.aNestedOption({ tag: 'some', val: 5 });
  return option.tag === 'some' ? option.val : undefined;
})();
const bytes: Uint8Array = values.someBytes(new Uint8Array([1]));
const flags: boolean | undefined = values.fewFlags({ writeAll: true }).read;
const shape = values.aVariant({ tag: 'labelled', val: { label: maybe ?? '', at: { x: 1, y: 2 } } });
const radius: number = shape.tag === 'circle' ? shape.val : nested ?? give(null);
using counter = new Counter(both(false) + bytes.length + radius);
const sum: number = counter.add(count(counter)) + Counter.larger(counter, Counter.parse('1'));
all([counter])?.[1] === issue() && takeOnlyError({ tag: 'err', val: { tag: 'because', val: 'x' } });
Connection.open('mqtt://broker', '', '', 5).publish('topic', bytes, 'at-least-once');

class OwnCounter {
  value: number;
  constructor(start: number) {
    this.value = start;
  }
  async add(amount: number) {
    return (this.value += amount);
  }
  currentValue() {
    return this.value;
  }
  static larger(a: OwnCounter, b: OwnCounter) {
    return Math.max(a.value, b.value);
  }
  static parse(text: string) {
    if (text === '') throw 'empty';
    return new OwnCounter(Number(text));
  }
}
class Token {}
export const resources = {
  Counter: OwnCounter,
  Token,
  issue: () => new Token(),
  redeem: async () => flags ?? true,
  look: (counter) => (counter as OwnCounter).value,
  passOn: (counter) => counter,
  all: ([first]) => (first ? [first, new Token()] : null),
} satisfies Omit<Resources, 'Counter'> & { Counter: typeof OwnCounter };
export const users: Users = { count: (tally) => tally.currentValue() };
export const inboundRedis: InboundRedis = { handleMessage: (message) => void message.length };
export const results: Pick<Results, 'onlyError' | 'okOption'> = {
  onlyError(fail) {
    if (fail) throw { tag: 'because', val: String(sum) } satisfies Problem;
  },
  okOption: () => undefined,
};
export const handleMessage: World['handleMessage'] = async (message, { topic }) => {
  if (topic === '' || message.length === 0) throw { tag: 'other', val: 'empty' };
};
`;

/** A wrong world, and what is said about it; the golden files are read like any message. */
const WRONG: Readonly<Record<string, string>> = {
  'a missing colon': 'package a:b;\nworld w {\n  import i: interface { f: func(x u32); }\n}\n',
  'a name with capitals': 'package a:b;\ninterface i { fooBar: func(); }\nworld w { import i; }\n',
  'a keyword as a name': 'package a:b;\ninterface i { record r { type: u32 } }\nworld w { import i; }\n',
  'a type that is not there':
    'package a:b;\ninterface i {\n  record foo2 { foo: u32 }\n  f: func(foo: foo);\n}\nworld w { import i; }\n',
  'an interface that is not there':
    'package a:b;\nworld w {\n  import orders:fulfilment/fulfillment@0.1.0;\n}\n',
  'an interface of no package': 'package a:b;\nworld w {\n  import key-value;\n}\n',
  'a used type that is not there':
    'package a:b;\ninterface i {\n  use j.{foo};\n}\ninterface j { }\nworld w { import i; }\n',
  'an interface twice': 'package a:b;\ninterface i { }\ninterface i { }\nworld w { import i; }\n',
  'an import twice':
    'package a:b;\nworld w {\n  import orders:fulfilment/fulfilment@0.1.0;\n  import orders:fulfilment/fulfilment@0.1.0;\n}\n',
  'a type of itself': 'package a:b;\ninterface i {\n  record r { a: list<r> }\n}\nworld w { import i; }\n',
  'a parameter twice': 'package a:b;\ninterface i { f: func(a: u32, a: u32); }\nworld w { import i; }\n',
  'a field twice':
    'package a:b;\ninterface i {\n  record r { a: u32, b: u8, a: u32 }\n}\nworld w { import i; }\n',
  'too many flags': `package a:b;\ninterface i {\n  flags f { ${Array.from({ length: 33 }, (_, n) => `n${n}`).join(', ')} }\n}\nworld w { import i; }\n`,
  'an empty record': 'package a:b;\ninterface i { record r { } f: func(r: r); }\nworld w { import i; }\n',
  'an empty enum': 'package a:b;\ninterface i { enum e { } f: func(e: e); }\nworld w { import i; }\n',
  'a borrow of a record':
    'package a:b;\ninterface i { record r { x: u32 } f: func(r: borrow<r>); }\nworld w { import i; }\n',
  'an open comment': 'package a:b;\nworld w { }\n/* to be continued\n',
  'a short version': 'package a:b@0.1;\nworld w { }\n',
  'an open brace': 'package a:b;\nworld w {\n  import i: interface {\n    f: func();\n}\n',
  'an open brace before a world': 'package a:b;\ninterface i {\n\nworld w { import i; }\n',
  'a brace too many': 'package a:b;\ninterface i { } }\n\nworld w { import i; }\n',
  'a missing brace': 'package a:b;\ninterface i\n  f: func();\n}\n\nworld w { import i; }\n',
  'a hyphen too many': 'package a:b;\nworld w {\n  import my--name: func();\n}\n',
  'a stream': 'package a:b;\nworld w {\n  import tenon:every-type/concurrent@1.0.0;\n}\n',
};

test.each(Object.keys(WRONG))('%s is reported where it stands', async (name) => {
  const text = WRONG[name] ?? '';
  const error: unknown = await encode(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TenonError)) throw new Error('expected a TenonError', { cause: error });
  for (const { span } of error.diagnostics) expect(span).toBeDefined();
  const shown = renderDiagnostics(error.diagnostics, {
    source: (file) => readFileSync(file, 'utf8'),
    color: false,
    cwd: undefined,
  });
  const file = `wrong-${name.replaceAll(' ', '-')}.txt`;
  expectGolden(join(golden, file), shown.replaceAll(scratch, '<service>').replaceAll(wit, 'wit'));
});

test('a word taken out, put in or replaced anywhere is reported near by, if it matters', async () => {
  const parts = ['types', 'values', 'resources'].map((name) =>
    readFileSync(join(wit, 'every-type', `${name}.wit`), 'utf8').replace(/^package.*$/m, ''),
  );
  const text = [
    'package test:words;\nworld w { import types; import values; import resources; }\n',
    ...parts,
  ].join('\n');
  const tokens = tokenizeWit(text);
  const token = fc.nat({ max: tokens.length - 1 }).map((at) => tokens[at] as WitToken);
  const change = fc.constantFrom('remove', 'insert', 'replace');
  await fc.assert(
    fc.asyncProperty(token, change, token, async (at, how, other) => {
      const end = how === 'insert' ? at.offset : at.end;
      const word = how === 'remove' ? ' ' : ` ${other.text} `;
      const outcome: unknown = await encode(text.slice(0, at.offset) + word + text.slice(end)).catch(
        (error: unknown) => error,
      );
      if (!(outcome instanceof Error)) return;
      expect(outcome).toBeInstanceOf(TenonError);
      const [first] = (outcome as TenonError).diagnostics;
      expect(first?.span?.file).toBe(join(scratch, 'world.wit'));
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('a file that is not there is said to be missing', async () => {
  const encoding = encodeWorld({ worldFile: join(scratch, 'nowhere.wit'), witDirs: [wit] });
  await expect(encoding).rejects.toMatchObject({ code: 'contract/wit-file' });
});

test('what componentize-qjs imports of WASI is what wit/deps declares', async () => {
  const built = await quickjs('package a:b;\nworld w { export f: func(); }\n', 'w', 'export function f() {}');
  const component = unwrap(componentTypeOf(built));
  const wasi = [...component.imports.keys()].filter((name) => name.startsWith('wasi:'));
  expect(wasi.length).toBeGreaterThan(10);
  const declared = await encode(
    `package a:b;\nworld w {\n${wasi.map((id) => `  import ${id};\n`).join('')}}\n`,
  );
  const resources = new Map();
  const found = wasi.flatMap((name): unknown[] => {
    const [ours, theirs] = [declared.world.imports.get(name), component.imports.get(name)];
    return ours && theirs ? mismatches(ours, theirs, name, { resources }) : [`${name} is missing`];
  });
  expect(found).toEqual([]);
});
