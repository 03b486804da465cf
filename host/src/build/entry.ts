import type { ComponentType, ExternType, FuncType, InstanceType, ResourceType } from '../component/types.ts';
import { camelCase, interfaceName, pascalCase } from '../contract/names.ts';
import { diagnose, type Diagnostic, type SourceSpan } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { guestFile } from './guest.ts';
import { displayPath } from './places.ts';

/** The interface that makes a service an HTTP service; see reference: Spin 3.x, `fermyon:spin/inbound-http`. */
export const INBOUND_HTTP = 'fermyon:spin/inbound-http';

export interface AdapterRequest {
  /** The service's name. */
  readonly service: string;
  /** Absolute file of the entry module. */
  readonly entry: string;
  readonly world: ComponentType;
  readonly worldId: string;
  /** The file that declares the world, for messages. */
  readonly worldFile: string;
}

/** A module in place of the service's own, which exports what the toolchain wants for the world. */
export interface Adapter {
  /** TypeScript source. */
  readonly source: string;
  /** Problems of a service whose entry module exports these names; `spanOf` tells where it does. */
  checkExports(names: readonly string[], spanOf?: (name: string) => SourceSpan): Diagnostic[];
}

/**
 * Starts the message of what the adapter throws at build time where an export has the wrong kind; JSON of
 * {@link WrongExport} follows.
 */
export const WRONG_EXPORT = 'tenon:wrong-export ';

export interface WrongExport {
  /** The service that exports it, where several are in the component. */
  readonly service?: string;
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/**
 * What a trap after an uncaught error says: the error itself has been logged before, so whoever reads a panic
 * with this text can drop it.
 */
export const ALREADY_LOGGED =
  'the service threw an error that its contract does not know; it is logged above';

/**
 * Generates the module between a service and its toolchain. Each exported function is called so that a promise
 * which it returns is driven until it is settled; what it throws passes on where the contract has a result that
 * can carry it, and else is logged once and traps.
 */
export function adapterOf({ service, entry, world, worldId, worldFile }: AdapterRequest): Adapter {
  const elsewhere = resourcesOf(world.imports);
  const exports = [...world.exports].flatMap(([name, extern]) => exportOf(name, extern, elsewhere) ?? []);
  const source = [
    `import * as service from ${JSON.stringify(entry)};`,
    `import { writeErr } from ${JSON.stringify(guestFile('console/write.ts'))};`,
    `import { exported } from ${JSON.stringify(guestFile('async/loop.ts'))};`,
    ...(exports.some(({ kind }) => kind === 'fetch')
      ? [`import { serveFetch } from ${JSON.stringify(guestFile('http/serve.ts'))};`]
      : []),
    HELPERS,
    ...exports.map(({ code }) => code),
    '',
  ].join('\n');

  return {
    source,
    checkExports(names, spanOf) {
      return exports.flatMap(({ wanted, wit, example }) => {
        if (wanted.some((name) => names.includes(name))) return [];
        const found = names.length === 0 ? 'no export' : [...names].sort().join(', ');
        const guess = nearest(wanted[0]!, names);
        return diagnose(
          'build/missing-export',
          `${service} does not export \`${wanted[0]}\`, which its world wants`,
          {
            span: (guess && spanOf?.(guess)) || { file: displayPath(entry), line: 1, column: 1 },
            where: `world ${worldId}: export ${wit}`,
            expected: `\`${example}\``,
            found,
            next: `${guess ? `Rename \`${guess}\`, or write` : 'Write'} \`${example}\` in the entry module.`,
            related: [{ message: `The world is declared in ${displayPath(worldFile)}.` }],
          },
        );
      });
    },
  };
}

interface AdaptedExport {
  readonly kind: 'fetch' | 'interface' | 'function';
  /** The WIT name. */
  readonly wit: string;
  /** Names of which the entry module must export one. */
  readonly wanted: readonly string[];
  /** How the export may look, for messages. */
  readonly example: string;
  readonly code: string;
}

/** Gives nothing for what leaves a service nothing to export: types. Adds an interface's resources to `elsewhere`. */
function exportOf(name: string, extern: ExternType, elsewhere: Set<ResourceType>): AdaptedExport | undefined {
  if (extern.kind === 'func') return functionExport(name, extern.type);
  if (extern.kind !== 'instance') return undefined;
  if (name === INBOUND_HTTP) return fetchExport(name);
  const taken = new Set(elsewhere);
  for (const resource of resourcesOf([[name, extern]])) elsewhere.add(resource);
  const values = [...extern.type.exports].filter(
    ([, extern]) =>
      extern.kind === 'func' ||
      (extern.kind === 'type' && extern.type.kind === 'resource' && !taken.has(extern.type)),
  );
  return values.length > 0 ? interfaceExport(name, new Map(values)) : undefined;
}

/** All resources that interfaces have, whether of their own or taken over from others by `use`. */
function resourcesOf(externs: Iterable<readonly [string, ExternType]>): Set<ResourceType> {
  const found = new Set<ResourceType>();
  for (const [, extern] of externs) {
    if (extern.kind !== 'instance') continue;
    for (const member of extern.type.exports.values()) {
      if (member.kind === 'type' && member.type.kind === 'resource') found.add(member.type);
    }
  }
  return found;
}

/** `export default { fetch }`, or the interface itself for a service that wants Spin's own types. */
function fetchExport(wit: string): AdaptedExport {
  return {
    kind: 'fetch',
    wit,
    wanted: ['default', 'inboundHttp'],
    example: 'export default { fetch(request) { … } }',
    code: `
const handler = (service as Any).default;
if (handler !== undefined) want('default.fetch', handler?.fetch, 'function');
const raw = handler === undefined ? want('inboundHttp.handleRequest', (service as Any).inboundHttp?.handleRequest, 'function') : undefined;
export const inboundHttp = handler === undefined
  ? { handleRequest: exported((request) => raw.call((service as Any).inboundHttp, request)) }
  : { handleRequest: serveFetch(handler) };`,
  };
}

function interfaceExport(wit: string, exports: InstanceType['exports']): AdaptedExport {
  const name = camelCase(interfaceName(wit));
  const members: string[] = [];
  const classes = new Map<string, string[]>();
  const examples: string[] = [];
  for (const [member, extern] of exports) {
    if (extern.kind === 'type' && extern.type.kind === 'resource') {
      classes.set(member, classes.get(member) ?? []);
    } else if (extern.kind === 'func') {
      const resource = /^\[(\w+)\]([^.]+)(?:\.(.+))?$/.exec(member);
      if (!resource) {
        const local = camelCase(member);
        members.push(
          `  ${local}: adapt(${JSON.stringify(`${name}.${local}`)}, own, ${JSON.stringify(local)}, ${extern.type.params.length}, ${errorsOf(extern.type)}),`,
        );
        examples.push(`${local}(${extern.type.params.map((p) => camelCase(p.name)).join(', ')}) { … }`);
      } else if (resource[1] !== 'constructor') {
        const [, kind, owner, method] = resource;
        const lines = classes.get(owner!) ?? [];
        classes.set(owner!, lines);
        const target = `own.${pascalCase(owner!)}${kind === 'method' ? '.prototype' : ''}`;
        const local = camelCase(method!);
        const path = `${name}.${pascalCase(owner!)}.${local}`;
        lines.push(
          `  adaptIn(${JSON.stringify(path)}, ${target}, ${JSON.stringify(local)}, ${paramsOf(extern.type, kind!)}, ${errorsOf(extern.type)});`,
        );
      }
    }
  }
  const body = [
    ...[...classes].flatMap(([owner, lines]) => [
      `  want(${JSON.stringify(`${name}.${pascalCase(owner)}`)}, own.${pascalCase(owner)}, 'function');`,
      ...lines,
    ]),
    '  return {',
    ...[...classes.keys()].map((owner) => `  ${pascalCase(owner)}: own.${pascalCase(owner)},`),
    ...members,
    '  };',
  ].join('\n');
  return {
    kind: 'interface',
    wit,
    wanted: [name],
    example: `export const ${name} = { ${[...examples, ...[...classes.keys()].map(pascalCase)].join(', ')} }`,
    code: `
export const ${name} = ((own: Any) => {
  want(${JSON.stringify(name)}, own, 'object');
${body}
})((service as Any).${name});`,
  };
}

/** A function that the world itself exports, such as `handle-message` of Spin's MQTT trigger. */
function functionExport(wit: string, type: FuncType): AdaptedExport {
  const name = camelCase(wit);
  return {
    kind: 'function',
    wit,
    wanted: [name],
    example: `export function ${name}(${type.params.map((p) => camelCase(p.name)).join(', ')}) { … }`,
    code: `\nexport const ${name} = adapt(${JSON.stringify(name)}, service, ${JSON.stringify(name)}, ${type.params.length}, ${errorsOf(type)});`,
  };
}

/** How many arguments a resource's function is called with: a method's first parameter is the resource itself. */
function paramsOf({ params }: FuncType, kind: string): number {
  return kind === 'method' ? params.length - 1 : params.length;
}

/** What a thrown value can be: no answer at all, an error without a value, or one with a value of a type. */
function errorsOf({ result }: FuncType): string {
  if (result?.kind !== 'result') return "'none'";
  return result.err ? "'typed'" : "'empty'";
}

const HELPERS = `
type Any = any;
type Errors = 'none' | 'empty' | 'typed';

function want(path: string, value: Any, wanted: string): Any {
  if (value !== null && (typeof value === wanted || (wanted === 'object' && typeof value === 'function'))) return value;
  const found = value === null ? 'null' : typeof value;
  throw new TypeError(${JSON.stringify(WRONG_EXPORT)} + JSON.stringify({ path, wanted, found }));
}

function adapt(path: string, owner: Any, name: string, params: number, errors: Errors): Any {
  const own = want(path, owner[name], 'function');
  return exported(own, { params, owner, failed: (error) => passedOn(path, error, errors) });
}

function adaptIn(path: string, owner: Any, name: string, params: number, errors: Errors): void {
  const own = want(path, owner[name], 'function');
  owner[name] = exported(own, { params, failed: (error) => passedOn(path, error, errors) });
}

/**
 * The toolchain takes an Error with a member \`payload\`, or a value that is no Error, for the result's error.
 * Where that has no value, any Error means it; elsewhere an Error without payload is a mistake.
 */
function passedOn(path: string, error: Any, errors: Errors): Any {
  if (errors !== 'none' && (!(error instanceof Error) || 'payload' in error)) return error;
  if (errors === 'empty') return { payload: undefined };
  // Of an Error without payload the toolchain would take the message for a result's error that is text.
  return errors === 'typed' ? Object.assign(logged(path, error), { payload: Symbol('no payload') }) : logged(path, error);
}

/** An error of an import that the service did not catch tells by its payload what went wrong. */
function payloadOf(error: Any): string {
  return 'payload' in error && typeof error.payload === 'object' ? ' ' + JSON.stringify(error.payload) : '';
}

function logged(path: string, error: Any): Error {
  // A stack trace of QuickJS has the frames only.
  const text = error instanceof Error ? error.name + ': ' + error.message + payloadOf(error) + '\\n' + (error.stack ?? '') : String(error);
  writeErr(path + ' threw ' + text.trimEnd() + '\\n');
  return new Error(${JSON.stringify(ALREADY_LOGGED)});
}
`;
