import { expect, test } from 'vitest';
import { expectGolden } from '../../test/golden.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { parseComposePlan } from './compose-plan.ts';

const WHOLE = `
root = "shop"
roots = ["admin"]
imports = ["wasi:*"]

[instance.admin]
component = "admin.wasm"
[instance.shop]
component = "../shop.wasm"
[instance.log]
component = "log.wasm"

[edge.shop]
"a:log/log@1.0.0" = "log"
[edge.admin]
"a:log/log@1.0.0" = { instance = "log", export = "a:log/log@1.0.1" }

[exports]
"a:api/api@1.0.0" = "shop"
second = { instance = "log", export = "a:log/log@1.0.0" }
`;

test('a plan says what to compose, the root first', () => {
  expect(parseComposePlan(WHOLE, 'plan.toml')).toEqual({
    ok: true,
    diagnostics: [],
    value: {
      instances: [
        { name: 'shop', component: '../shop.wasm' },
        { name: 'admin', component: 'admin.wasm' },
        { name: 'log', component: 'log.wasm' },
      ],
      roots: ['admin'],
      imports: ['wasi:*'],
      edges: [
        { importer: 'shop', import: 'a:log/log@1.0.0', provider: 'log' },
        { importer: 'admin', import: 'a:log/log@1.0.0', provider: 'log', export: 'a:log/log@1.0.1' },
      ],
      exports: [
        { instance: 'shop', export: 'a:api/api@1.0.0', as: 'a:api/api@1.0.0' },
        { instance: 'log', export: 'a:log/log@1.0.0', as: 'second' },
      ],
    },
  });
});

test('the first instance is the root where none is named', () => {
  const plan = parseComposePlan('[instance.b]\ncomponent = "b"\n[instance.a]\ncomponent = "a"', 'plan.toml');
  expect(plan.ok && plan.value).toEqual({
    instances: [
      { name: 'b', component: 'b' },
      { name: 'a', component: 'a' },
    ],
    roots: [],
    edges: [],
  });
});

const WRONG = {
  'no TOML': 'root = ',
  'no instance': 'root = "shop"\n[instance]',
  nothing: '',
  'an unknown key': 'rot = "a"\n[instance.a]\ncomponent = "a.wasm"',
  'an unknown key of an instance': '[instance.a]\ncomponents = "a.wasm"',
  'an instance without a component': '[instance.a]',
  'a component of another type': '[instance.a]\ncomponent = 3',
  'an unknown root': 'root = "shp"\n[instance.shop]\ncomponent = "shop.wasm"',
  'an unknown further root':
    'roots = ["shop", "admim"]\n[instance.shop]\ncomponent = "s"\n[instance.admin]\ncomponent = "a"',
  'an edge of another type': '[instance.a]\ncomponent = "a.wasm"\n[edge.a]\n"x:y/z" = 1',
  'an export without an instance':
    '[instance.a]\ncomponent = "a.wasm"\n[exports]\n"x:y/z" = { export = "x:y/z" }',
  'imports that are no list': 'imports = "wasi:*"\n[instance.a]\ncomponent = "a.wasm"',
};

test('what is wrong in a plan is told with its place', () => {
  const texts = Object.entries(WRONG).map(([title, source]) => {
    const result = parseComposePlan(source, 'plan.toml');
    expect([title, result.ok]).toEqual([title, false]);
    return `# ${title}\n\n${renderDiagnostics(result.diagnostics, { color: false, source: () => source })}`;
  });
  expectGolden(`${import.meta.dirname}/compose-plan.wrong.txt`, texts.join('\n'));
});
