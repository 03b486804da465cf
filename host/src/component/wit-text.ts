import { parseInterfaceId } from './names.ts';
import { printType } from './print.ts';
import type { AnyType } from './substitute.ts';
import type { ComponentType, ExternType, FuncType, ValueType } from './types.ts';

/** Externs of one scope by name: an interface's, or those that a world has beside its interfaces. */
type Externs = ReadonlyMap<string, ExternType>;
type NameOf = (type: AnyType) => string | undefined;

/**
 * A component's type as WIT: the world and every interface that it imports or exports, in the packages they
 * belong to. Where a component imports and exports one interface, it stands there once with all that either
 * has. What WIT cannot express (components, core modules and values as imports or exports) stands as a comment.
 * Where a primitive type has a name, what uses it says the primitive. An own function of the world whose type only
 * an exported interface names cannot be said in WIT: the text then takes the name from the interface all the same.
 */
export function witText(component: ComponentType, world = 'root'): string {
  const interfaces = namedInterfaces(component);
  const origins = originsOf(component);
  const blocks = [worldText(component, world, origins)];
  const packages = new Map<string, string[]>();
  for (const [id, externs] of interfaces) {
    const parsed = parseInterfaceId(id);
    const name = `${escaped(parsed?.namespace ?? '')}:${escaped(parsed?.package ?? '')}${parsed?.version ? `@${parsed.version.text}` : ''}`;
    const texts = packages.get(name) ?? [];
    packages.set(name, texts);
    texts.push(
      `  interface ${escaped(parsed?.interface ?? id)} {\n${indented(scopeLines(id, externs, origins), 4)}  }\n`,
    );
  }
  for (const [name, texts] of packages) blocks.push(`package ${name} {\n${texts.join('\n')}}\n`);
  return `package root:component;\n\n${blocks.join('\n')}`;
}

/** Where a named type is declared: the interface's id (empty for the world itself) and the name there. */
type Origins = ReadonlyMap<AnyType, Origin>;

interface Origin {
  readonly scope: string;
  readonly name: string;
  /** Whether only an export names it. */
  readonly exported: boolean;
}

function namedInterfaces(component: ComponentType): Map<string, Externs> {
  const found = new Map<string, Map<string, ExternType>>();
  for (const [id, extern] of [...component.imports, ...component.exports]) {
    if (extern.kind !== 'instance' || !parseInterfaceId(id)) continue;
    const known = found.get(id) ?? new Map<string, ExternType>();
    found.set(id, known);
    for (const [name, inner] of extern.type.exports) if (!known.has(name)) known.set(name, inner);
  }
  return found;
}

/** The first name of each type, imports before exports. Primitives have no identity, hence no name. */
function originsOf(component: ComponentType): Origins {
  const origins = new Map<AnyType, Origin>();
  const add = (scope: string, name: string, extern: ExternType, exported: boolean): void => {
    if (extern.kind !== 'type' || extern.type.kind === 'primitive' || origins.has(extern.type)) return;
    origins.set(extern.type, { scope, name, exported });
  };
  for (const externs of [component.imports, component.exports]) {
    const exported = externs === component.exports;
    for (const [id, extern] of externs) {
      if (extern.kind !== 'instance') add('', id, extern, exported);
      else for (const [name, inner] of extern.type.exports) add(id, name, inner, exported);
    }
  }
  return origins;
}

function worldText(component: ComponentType, world: string, origins: Origins): string {
  const own = new Map([...component.imports].filter(([, extern]) => extern.kind === 'type'));
  const names = new Names('', own, origins);
  const side = (keyword: string, externs: Externs): string[] =>
    [...externs].flatMap(([name, extern]) => {
      if (extern.kind === 'instance') {
        if (parseInterfaceId(name)) return [`${keyword} ${idText(name)};`];
        const lines = scopeLines(name, extern.type.exports, origins);
        return [`${keyword} ${escaped(name)}: interface {`, ...lines.map((line) => pad(line, 2)), '}'];
      }
      if (extern.kind === 'func') return [`${keyword} ${escaped(name)}: ${funcText(extern.type, names.of)};`];
      return extern.kind === 'type' ? [] : [`// ${keyword} ${name}: ${extern.kind}`];
    });
  const types = typesAndFunctions('', own, names, origins);
  const imports = side('import', component.imports);
  const exports = side('export', component.exports);
  const above = [...names.useLines(), ...types, ...imports];
  if (above.length > 0 && exports.length > 0) above.push('');
  return `world ${escaped(world)} {\n${indented([...above, ...exports], 2)}}\n`;
}

/**
 * The names of types as one scope says them. A component may mention a type of another interface without giving
 * it a name; in WIT that takes a `use`, which is gathered here.
 */
class Names {
  /** By interface: `name` or `name as other`. */
  readonly uses = new Map<string, string[]>();
  private readonly own = new Map<AnyType, string>();
  private readonly taken: Set<string>;
  private readonly origins: Origins;
  private readonly scope: string;

  constructor(scope: string, externs: Externs, origins: Origins) {
    this.scope = scope;
    this.origins = origins;
    this.taken = new Set(externs.keys());
    for (const [name, extern] of externs) {
      if (extern.kind !== 'type' || extern.type.kind === 'primitive' || this.own.has(extern.type)) continue;
      this.own.set(extern.type, escaped(name));
      const origin = origins.get(extern.type);
      if (origin && origin.scope !== scope) this.use(origin, name);
    }
  }

  readonly of = (type: AnyType): string | undefined => {
    const own = this.own.get(type);
    const origin = this.origins.get(type);
    if (own !== undefined || !origin) return own;
    if (this.scope === '' && origin.exported) return escaped(origin.name);
    let { name } = origin;
    for (let n = 2; this.taken.has(name); n++) name = `${origin.name}-x${n}`;
    this.taken.add(name);
    this.own.set(type, escaped(name));
    if (origin.scope !== this.scope) this.use(origin, name);
    return escaped(name);
  };

  private use(origin: Origin, name: string): void {
    const text = origin.name === name ? escaped(name) : `${escaped(origin.name)} as ${escaped(name)}`;
    this.uses.set(origin.scope, [...(this.uses.get(origin.scope) ?? []), text]);
  }

  useLines(): string[] {
    return [...this.uses].map(([from, names]) => `use ${pathTo(from, this.scope)}.{${names.join(', ')}};`);
  }
}

/** What stands between a scope's braces: `use`, types and functions in the scope's own order. */
function scopeLines(scope: string, externs: Externs, origins: Origins): string[] {
  const names = new Names(scope, externs, origins);
  const body = typesAndFunctions(scope, externs, names, origins);
  return [...names.useLines(), ...body];
}

function typesAndFunctions(scope: string, externs: Externs, names: Names, origins: Origins): string[] {
  const body: string[] = [];
  const declared = new Set<AnyType>();
  const methods = methodsOf(externs);
  for (const [name, extern] of externs) {
    if (extern.kind === 'func') {
      if (!name.startsWith('[')) body.push(`${escaped(name)}: ${funcText(extern.type, names.of)};`);
      continue;
    }
    if (extern.kind !== 'type') {
      body.push(`// ${name}: ${extern.kind}`);
      continue;
    }
    const { type } = extern;
    const origin = origins.get(type);
    if (declared.has(type)) body.push(`type ${escaped(name)} = ${names.of(type)};`);
    else if (!origin || origin.scope === scope)
      body.push(...typeLines(name, type, names.of, methods.get(name) ?? []));
    if (type.kind !== 'primitive') declared.add(type);
  }
  return body;
}

/** An interface of the same package by its name, any other by its id. */
function pathTo(interfaceId: string, scope: string): string {
  const [from, to] = [parseInterfaceId(interfaceId), parseInterfaceId(scope)];
  const same =
    from &&
    to &&
    from.namespace === to.namespace &&
    from.package === to.package &&
    from.version?.text === to.version?.text;
  return same ? escaped(from.interface) : idText(interfaceId);
}

/** An interface's id, with keywords in it escaped. */
function idText(id: string): string {
  const [path = '', ...version] = id.split('@');
  return [path.replaceAll(/[^:/]+/g, escaped), ...version].join('@');
}

interface Method {
  readonly kind: string;
  readonly name: string;
  readonly type: FuncType;
}

/** By resource name: the functions whose names say that they belong to it. */
function methodsOf(externs: Externs): Map<string, Method[]> {
  const methods = new Map<string, Method[]>();
  for (const [name, extern] of externs) {
    const match = /^\[(constructor|method|static)\]([^.]+)(?:\.(.+))?$/.exec(name);
    const [, kind, resource, member] = match ?? [];
    if (extern.kind !== 'func' || kind === undefined || resource === undefined) continue;
    const known = methods.get(resource) ?? [];
    methods.set(resource, known);
    known.push({ kind, name: member ?? '', type: extern.type });
  }
  return methods;
}

function typeLines(name: string, type: AnyType, nameOf: NameOf, methods: readonly Method[]): string[] {
  const own = escaped(name);
  const block = (keyword: string, items: readonly string[]): string[] => [
    `${keyword} ${own} {`,
    ...items.map((item) => `  ${item},`),
    '}',
  ];
  switch (type.kind) {
    case 'resource':
      return methods.length === 0
        ? [`resource ${own};`]
        : [`resource ${own} {`, ...methods.map((method) => `  ${methodText(method, nameOf)}`), '}'];
    case 'record':
      return block(
        'record',
        type.fields.map((field) => `${escaped(field.name)}: ${text(field.type, nameOf)}`),
      );
    case 'variant':
      return block(
        'variant',
        type.cases.map((one) => escaped(one.name) + (one.type ? `(${text(one.type, nameOf)})` : '')),
      );
    case 'enum':
    case 'flags':
      return block(type.kind, type.names.map(escaped));
    case 'func':
    case 'instance':
    case 'component':
      return [`// type ${name}: ${type.kind}`];
    default:
      return [`type ${own} = ${structure(type, nameOf)};`];
  }
}

function methodText({ kind, name, type }: Method, nameOf: NameOf): string {
  if (kind === 'constructor') {
    const params = paramsText(type, nameOf);
    // A constructor's own resource goes without saying; one that can fail says so.
    const result = type.result?.kind === 'own' || !type.result ? '' : ` -> ${text(type.result, nameOf)}`;
    return `constructor(${params})${result};`;
  }
  if (kind === 'static')
    return `${escaped(name)}: ${type.async ? 'static async' : 'static'} ${signature(type, nameOf)};`;
  return `${escaped(name)}: ${funcText({ ...type, params: type.params.slice(1) }, nameOf)};`;
}

function funcText(type: FuncType, nameOf: NameOf): string {
  return `${type.async ? 'async ' : ''}${signature(type, nameOf)}`;
}

function signature(type: FuncType, nameOf: NameOf): string {
  return `func(${paramsText(type, nameOf)})${type.result ? ` -> ${text(type.result, nameOf)}` : ''}`;
}

function paramsText(type: FuncType, nameOf: NameOf): string {
  return type.params.map((param) => `${escaped(param.name)}: ${text(param.type, nameOf)}`).join(', ');
}

/** A type where it is used: by name where it has one. */
function text(type: ValueType, nameOf: NameOf): string {
  return nameOf(type) ?? structure(type, nameOf);
}

function structure(type: ValueType, nameOf: NameOf): string {
  return printType(type, { nameOf, longest: Number.POSITIVE_INFINITY });
}

const KEYWORDS = new Set(
  'as async bool borrow char constructor enum export f32 f64 flags from func future import include interface list map option own package record resource result s16 s32 s64 s8 static stream string tuple type u16 u32 u64 u8 use variant with world error-context'.split(
    ' ',
  ),
);

function escaped(name: string): string {
  return KEYWORDS.has(name) ? `%${name}` : name;
}

function pad(line: string, by: number): string {
  return line === '' ? '' : ' '.repeat(by) + line;
}

function indented(lines: readonly string[], by: number): string {
  return lines.map((line) => `${pad(line, by)}\n`).join('');
}
