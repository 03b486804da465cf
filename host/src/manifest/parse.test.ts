import * as fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { unwrap as valueOf } from '../diagnostics/error.ts';
import { manifestPage } from './page.ts';
import { parseManifest, type ParseOptions } from './parse.ts';
import { EDGE_DEFAULTS } from './place.ts';
import type { Manifest } from './types.ts';

function manifest(text: string, options?: ParseOptions): Manifest {
  return valueOf(parseManifest(text, 'app.toml', options));
}

const SERVICES = 'name = "app"\n[service.a]\npath = "a"\n[service.b]\npath = "b"\n';

describe('parseManifest', () => {
  test('fills in every default', () => {
    expect(
      manifest(`${SERVICES}[edge.a.b]\n[store.default]\n[[trigger.mqtt]]\ntopic = "t"\nservice = "a"\n`),
    ).toEqual({
      name: 'app',
      version: '0.1.0',
      defaultPlacement: 'linked',
      grantsDefault: true,
      variables: {},
      services: {
        a: { path: 'a', toolchain: 'quickjs', grants: [], environment: {}, instance: 'fresh' },
        b: { path: 'b', toolchain: 'quickjs', grants: [], environment: {}, instance: 'fresh' },
      },
      edges: { 'a.b': EDGE_DEFAULTS },
      triggers: { http: [], mqtt: [{ topic: 't', qos: 1, service: 'a', retries: 5 }], redis: [] },
      limits: { deadline: 30_000, memory: 134_217_728, body: 10_485_760, inFlight: 64 },
      stores: { default: { type: 'sqlite', atomic: true, durability: 'normal' } },
    });
  });

  test('reads every key', () => {
    const text = `
name = "app"
version = "1.2.3-rc.1"
description = "d"
default_placement = "fused"
grants_default = false
variables.region = { default = "eu", secret = true }
[service.a]
path = "a"
entry = "m.ts"
world = "w"
toolchain = "starlingmonkey"
grants = ["clocks"]
environment = { X = "1" }
instance = "shared"
[service.b]
component = "b.wasm"
[edge.a.b]
contract = "x:y/z@1.0.0"
placement = "mqtt"
oneway = true
topic = "t"
channel = "c"
address = "mqtts://broker:8883"
qos = 2
delivery = "direct"
deadline = "1 min"
retries = 0
dead_letter = "d"
claim = "id"
tee = { mqtt = "r", address = "mqtt://x", format = "cloudevents", result = true, required = true, qos = 0 }
[[trigger.http]]
route = "/"
service = "a"
[[trigger.redis]]
channel = "c"
service = "b"
address = "redis://x"
retries = 1
dead_letter = "x"
[limits]
deadline = "1 s"
memory = "1 MiB"
body = "1 B"
workers = 2
in_flight = 3
[store.cache]
type = "redis"
url = "redis://x"
atomic = false
durability = "full"
`;
    expect(manifest(text)).toEqual({
      name: 'app',
      version: '1.2.3-rc.1',
      description: 'd',
      defaultPlacement: 'fused',
      grantsDefault: false,
      variables: { region: { default: 'eu', required: false, secret: true } },
      services: {
        a: {
          path: 'a',
          entry: 'm.ts',
          world: 'w',
          toolchain: 'starlingmonkey',
          grants: ['clocks'],
          environment: { X: '1' },
          instance: 'shared',
        },
        b: { component: 'b.wasm', toolchain: 'quickjs', grants: [], environment: {}, instance: 'fresh' },
      },
      edges: {
        'a.b': {
          contract: 'x:y/z@1.0.0',
          placement: 'mqtt',
          oneway: true,
          topic: 't',
          channel: 'c',
          address: 'mqtts://broker:8883',
          qos: 2,
          delivery: 'direct',
          deadline: 60_000,
          retries: 0,
          deadLetter: 'd',
          claim: 'id',
          tee: {
            mqtt: 'r',
            address: 'mqtt://x',
            format: 'cloudevents',
            result: true,
            required: true,
            qos: 0,
          },
        },
      },
      triggers: {
        http: [{ route: '/', service: 'a' }],
        mqtt: [],
        redis: [{ channel: 'c', service: 'b', address: 'redis://x', retries: 1, deadLetter: 'x' }],
      },
      limits: { deadline: 1000, memory: 1_048_576, body: 1, workers: 2, inFlight: 3 },
      stores: { cache: { type: 'redis', url: 'redis://x', atomic: false, durability: 'full' } },
    });
  });

  test('a profile is merged key by key; arrays are replaced; without it nothing changes', () => {
    const text = `${SERVICES}
[limits]
deadline = "1 s"
body = "1 MiB"
[[trigger.http]]
route = "/a"
service = "a"
[profile.x]
version = "2.0.0"
[profile.x.limits]
deadline = "2 s"
[[profile.x.trigger.http]]
route = "/b"
service = "b"
[profile.x.service.c]
path = "c"
`;
    const chosen = manifest(text, { profile: 'x' });
    expect(chosen.version).toBe('2.0.0');
    expect(chosen.limits).toMatchObject({ deadline: 2000, body: 1_048_576 });
    expect(chosen.triggers.http).toEqual([{ route: '/b', service: 'b' }]);
    expect(Object.keys(chosen.services)).toEqual(['a', 'b', 'c']);
    const base = manifest(text);
    expect(base.limits.deadline).toBe(1000);
    expect(Object.keys(base.services)).toEqual(['a', 'b']);
  });

  test('what the root lacks may come from the profile', () => {
    const text = '[profile.x]\nname = "app"\n';
    expect(manifest(text, { profile: 'x' }).name).toBe('app');
    expect(parseManifest(text, 'app.toml').ok).toBe(false);
  });

  test('--place is put over edge and profile, and makes an edge that the manifest does not mention', () => {
    const text = `${SERVICES}[edge.a.b]\nplacement = "mqtt"\nretries = 7\n`;
    expect(manifest(text, { place: ['a.b=fused', 'b.a=linked'] }).edges).toEqual({
      'a.b': { ...EDGE_DEFAULTS, retries: 7, placement: 'fused' },
      'b.a': { ...EDGE_DEFAULTS, placement: 'linked' },
    });
  });

  test('names of Object.prototype are names like any other', () => {
    const result = parseManifest(
      'name = "app"\nconstructor = 1\n[service.constructor]\npath = "x"\n[limits]\nvalueOf = 1\n',
      'app.toml',
    );
    expect(result.diagnostics.map(({ code, span }) => [code, span?.line])).toEqual([
      ['manifest/unknown-key', 2],
      ['manifest/unknown-key', 6],
    ]);
  });

  test('a problem of the chosen profile is reported once, at the place in the profile', () => {
    const result = parseManifest(`${SERVICES}[profile.x.limits]\nbody = 1\n`, 'app.toml', { profile: 'x' });
    expect(result.diagnostics.map(({ code, span }) => [code, span?.line, span?.column])).toEqual([
      ['manifest/bad-size', 7, 8],
    ]);
  });

  test('what a profile covers is checked all the same', () => {
    const text = `${SERVICES}[limits]\nbody = "big"\n[profile.x.limits]\nbody = "1 MiB"\n`;
    expect(
      parseManifest(text, 'app.toml', { profile: 'x' }).diagnostics.map(({ span }) => span?.line),
    ).toEqual([7]);
  });
});

const WHOLE = `${SERVICES}grants = ["key-value", 'random']
environment = { X = "1", "y z" = '2' }
[variables.region]
default = "eu"
[edge.a.b]
placement = "linked"
tee = { mqtt = "t", qos = 1 }
deadline = "5 s"
[[trigger.http]]
route = "/a/:id/..."
service = "a"
[limits]
memory = "1 MiB"
workers = 2
[store.default]
type = "sqlite"
[profile.x.limits]
body = "1 kB"
[[profile.x.trigger.http]]
route = "/b"
service = "b"
`;

test('however a manifest is broken, the problems have places in its text', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '=',
    '.',
    '\n',
    '#',
    ' ',
    '7',
    'x',
    ',',
    '[[',
    '"""',
    '\\',
    '__proto__',
  );
  const edit = fc.record({ at: fc.nat(WHOLE.length), cut: fc.nat(12), piece });
  fc.assert(
    fc.property(
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(undefined, 'x', 'y'),
      (edits, profile) => {
        const text = edits.reduce(
          (text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut),
          WHOLE,
        );
        const result = parseManifest(text, 'app.toml', { profile, place: ['a.b=linked'] });
        expect(result.ok).toBe(result.diagnostics.length === 0);
        const lines = text.split('\n');
        for (const { span, where, expected, found } of result.diagnostics) {
          expect([expected, found]).not.toContain(undefined);
          const line = span ? lines[span.line - 1] : where;
          expect(line).toBeDefined();
          expect((span?.column ?? 1) - 1).toBeLessThanOrEqual(line?.length ?? 0);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

describe('docs/manifest.md', () => {
  const rows = manifestPage()
    .split('\n## ')
    .flatMap((section) => {
      const table = /^`\[+(.+?)\]+`/.exec(section)?.[1]?.split('.') ?? [];
      return [...section.matchAll(/^\| `(\w+)` \| .* Example: `(.+)` \|$/gm)].map(
        ([, key = '', example = '']) => ({ table, key, example }),
      );
    });

  test('has an example for every key', () => {
    const keys = [...manifestPage().matchAll(/^\| `(\w+)` \|/gm)];
    expect(rows.length).toBe(keys.length);
    expect(rows.length).toBeGreaterThan(50);
  });

  test.each(rows.map((row) => [`[${row.table.join('.')}] ${row.example}`, row] as const))(
    '%s is accepted',
    (_, { table, example, key }) => {
      const path = table.map(
        (name) => ({ '<name>': 'x', '<label>': 'x', '<importer>': 'a', '<provider>': 'b' })[name] ?? name,
      );
      const array = ['http', 'mqtt', 'redis'].includes(path.at(-1) ?? '') && path[0] === 'trigger';
      const header = path.length === 0 ? '' : array ? `[[${path.join('.')}]]` : `[${path.join('.')}]`;
      const text = `${header}\n${example}\n`;
      expect(Object.keys(parseToml(text))).toHaveLength(1);
      // The table may lack other keys; this one must be all right.
      const about = parseManifest(text, 'x').diagnostics.filter(
        ({ message, code }) =>
          code !== 'manifest/conflicting-keys' && message.includes(`\`${[...path, key].join('.')}\``),
      );
      expect(about).toEqual([]);
    },
  );
});
