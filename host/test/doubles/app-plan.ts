import type { ComponentType, ExternType, FuncType, ValueType } from '../../src/component/types.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import type { Result } from '../../src/diagnostics/result.ts';
import { parseManifest, type ParseOptions } from '../../src/manifest/parse.ts';
import { planToJson, type UnitJson } from '../../src/plan/json.ts';
import { resolvePlan } from '../../src/plan/resolve.ts';
import type { Plan, ServiceWorld } from '../../src/plan/types.ts';

export const TEXT: ValueType = { kind: 'primitive', name: 'string' };
export const NUMBER: ValueType = { kind: 'primitive', name: 'u32' };
export const HTTP = 'fermyon:spin/inbound-http';

export function func(param: ValueType = TEXT, async = false, result?: ValueType): ExternType {
  const type: FuncType = {
    kind: 'func',
    async,
    params: [{ name: 'it', type: param }],
    ...(result && { result }),
  };
  return { kind: 'func', type };
}

export function iface(exports: Readonly<Record<string, ExternType>> = { call: func() }): ExternType {
  return { kind: 'instance', type: { kind: 'instance', exports: new Map(Object.entries(exports)) } };
}

type Externs = readonly string[] | Readonly<Record<string, ExternType>>;

export function externs(names: Externs): ReadonlyMap<string, ExternType> {
  if (!Array.isArray(names)) return new Map(Object.entries(names as Readonly<Record<string, ExternType>>));
  return new Map((names as readonly string[]).map((name) => [name, iface()]));
}

export interface Service {
  readonly imports?: Externs;
  readonly exports?: Externs;
  /** TOML below `[service.<name>]`. */
  readonly toml?: string;
  readonly prebuilt?: boolean;
}

/** Plans an app of services whose worlds are literals; services that export the handler get a trigger. */
export function plan(
  services: Readonly<Record<string, Service>>,
  more = '',
  options: ParseOptions = {},
  /** TOML above all tables. */
  root = '',
): Result<Plan> {
  const tables = Object.entries(services).map(
    ([name, { toml = '', prebuilt }]) =>
      `[service.${name}]\n${prebuilt ? `component = "${name}.wasm"` : `path = "../components/${name}"`}\n${toml}\n`,
  );
  const worlds = new Map(
    Object.entries(services).map(([service, { imports = [], exports = [] }]): [string, ServiceWorld] => {
      const world: ComponentType = {
        kind: 'component',
        imports: externs(imports),
        exports: externs(exports),
      };
      return [
        service,
        { service, world, worldId: `app:${service}/${service}`, file: `components/${service}/world.wit` },
      ];
    }),
  );
  const triggers = [...worlds]
    .filter(([, { world }]) => world.exports.has(HTTP))
    .map(([service]) => `[[trigger.http]]\nroute = "/${service}"\nservice = "${service}"\n`);
  const text = `name = "app"\n${root}${tables.join('')}${triggers.join('')}${more}`;
  const manifest = unwrap(parseManifest(text, 'app.toml', options));
  const { profile } = options;
  return resolvePlan(manifest, worlds, { file: 'app.toml', text, ...(profile !== undefined && { profile }) });
}

export function edgesOf({ edges }: Pick<Plan, 'edges'>): string[] {
  return edges.map(({ importer, provider, contract, provided }) =>
    contract === provided
      ? `${importer} -> ${provider}: ${contract}`
      : `${importer} -> ${provider}: ${contract} as ${provided}`,
  );
}

export function problemsOf(result: Result<Plan>): string[] {
  return result.diagnostics.map(({ code, span, where }) => `${code} ${span ? span.line : where}`);
}

/** Two services with a contract of these functions between them, `a` and its provider `b`. */
export function two(functions: Readonly<Record<string, ExternType>>): Readonly<Record<string, Service>> {
  const contract = { 'shop:stock/store@0.1.0': iface(functions) };
  return { a: { imports: contract, exports: [HTTP] }, b: { exports: contract } };
}

/** TOML of the settings of their edge. */
export function edge(keys: string): string {
  return `[edge.a.b]\n${keys}\n`;
}

export function unitOf(plan: Plan, name: string): UnitJson {
  const unit = planToJson(plan).units.find((one) => one.name === name);
  if (!unit) throw new Error(`there is no unit ${name}`);
  return unit;
}
