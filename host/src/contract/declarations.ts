import type { ComponentType, ValueType } from '../component/types.ts';
import {
  block,
  classDeclaration,
  docText,
  functionDeclaration,
  implementedResource,
  indent,
  memberDeclaration,
  throwsLine,
  typeDeclaration,
  type Declarer,
} from './declaration-text.ts';
import {
  exportsScope,
  moduleScope,
  typeName,
  type DeclaredName,
  type NameScope,
  type Origins,
} from './declared-names.ts';
import { worldOf, type Contract, type World } from './interface.ts';
import { camelCase, interfaceName, pascalCase } from './names.ts';
import { quoted, safeName, signatureText } from './type-text.ts';

export interface DeclarationsInput {
  /** The world's id. */
  readonly id: string;
  readonly world: ComponentType;
  /** Doc comments by what they describe, see wit-docs.ts. */
  readonly docs: ReadonlyMap<string, string>;
}

/** A file for a service's folder. */
export interface DeclarationFile {
  readonly file: string;
  readonly text: string;
}

/** The modules that a service may import; a script, so that it declares them and does not augment any. */
export const IMPORTS_FILE = 'imports.gen.d.ts';
/** What a service exports: an interface for each exported contract, and one for the world. */
export const CONTRACT_FILE = 'contract.gen.ts';

/**
 * TypeScript declarations of a world, for a service's folder: `imports.gen.d.ts` declares a module for each
 * imported interface, `contract.gen.ts` exports an interface for each exported one and refers to the first.
 * Two worlds that import the same interface declare the same module: check services one by one.
 */
export function declarationsOf(input: DeclarationsInput): DeclarationFile[] {
  const world = worldOf(input.world);
  const origins: Origins = new Map();
  const modules = world.imports.map((contract) => ({ contract, scope: moduleScope(contract, origins) }));
  const own = {
    imports: { ...world.ownImports, id: input.id },
    exports: { ...world.ownExports, id: input.id },
  };
  const reserved = [...world.exports.filter(hasFunctions).map(contractName), 'World'];
  const scope = exportsScope([own.imports, ...world.exports, own.exports], reserved, origins);
  const head = `// Generated from the world ${input.id} by \`tenon types\`; do not edit.\n`;
  const imports = [
    head,
    ...modules.map(({ contract, scope }) => moduleText(contract, scope, input.docs)),
    ...globalFunctions(own.imports, scope, input.docs),
  ];
  const contracts = [
    `${head}/// <reference path="./${IMPORTS_FILE}" />\n`,
    ...importLines(scope),
    ...exportedContracts(world, own, scope, input.docs),
    worldText(world, own.exports, scope, input.docs),
  ];
  return [
    { file: IMPORTS_FILE, text: imports.join('\n') },
    { file: CONTRACT_FILE, text: contracts.join('\n') },
  ];
}

function moduleText(contract: Contract, scope: NameScope, docs: ReadonlyMap<string, string>): string {
  const declarer = declarerOf(contract, scope, docs);
  const body = [
    ...importLines(scope),
    ...scope.names.flatMap((name) => declaration(declarer, name, contract)),
    ...contract.functions.map((func) => functionDeclaration(declarer, func)),
  ];
  return `${docText(declarer, '')}declare module ${quoted(contract.id)} {\n${indent(body.join('\n'))}}\n`;
}

/** Functions that the world itself imports are globals of the engine, of whatever name can be one. */
function globalFunctions(own: Contract, scope: NameScope, docs: ReadonlyMap<string, string>): string[] {
  const { nameOf, ...declarer } = declarerOf(own, scope, docs);
  const byModule: Declarer['nameOf'] = (type) => {
    const name = nameOf(type);
    return name === undefined ? undefined : `import('./${CONTRACT_FILE}').${name}`;
  };
  return own.functions
    .filter(({ name }) => safeName(camelCase(name)) === camelCase(name))
    .map((func) => {
      const doc = docText({ ...declarer, nameOf: byModule }, `#${func.name}`, throwsLine(func, byModule));
      return `${doc}declare function ${camelCase(func.name)}${signatureText(func.type, byModule)};\n`;
    });
}

/** The types of the exported interfaces, and for each the interface that its implementation has. */
function exportedContracts(
  world: World,
  own: { readonly imports: Contract; readonly exports: Contract },
  scope: NameScope,
  docs: ReadonlyMap<string, string>,
): string[] {
  const texts = scope.names
    .filter(({ contract }) => contract === own.imports.id)
    .flatMap((name) => declaration(declarerOf(own.imports, scope, docs), name, own.imports));
  for (const contract of world.exports) {
    const declarer = declarerOf(contract, scope, docs);
    const members: string[] = [];
    for (const name of scope.names.filter((one) => one.contract === contract.id)) {
      const resource = contract.resources.find((one) => one.type === name.type);
      if (!resource || name.as.kind !== 'declared') {
        texts.push(...declaration(declarer, name, contract));
        continue;
      }
      const className = freeName(`${name.name}Class`, scope);
      texts.push(...implementedResource(declarer, name.name, className, resource));
      members.push(`${typeName(resource.name)}: ${className};\n`);
    }
    if (!hasFunctions(contract)) continue;
    members.push(...contract.functions.map((func) => memberDeclaration(declarer, `#${func.name}`, func)));
    texts.push(`${docText(declarer, '')}export interface ${contractName(contract)} ${block(members)}`);
  }
  return texts;
}

/** All that the service's module exports. */
function worldText(world: World, own: Contract, scope: NameScope, docs: ReadonlyMap<string, string>): string {
  const declarer = declarerOf(own, scope, docs);
  const members = [
    ...world.exports
      .filter(hasFunctions)
      .map((contract) => `${camelCase(interfaceName(contract.id))}: ${contractName(contract)};\n`),
    ...own.functions.map((func) => memberDeclaration(declarer, `#${func.name}`, func)),
  ];
  return `${docText(declarer, '')}export interface World ${block(members)}`;
}

function declaration(declarer: Declarer, name: DeclaredName, contract: Contract): string[] {
  if (name.as.kind === 'import') return [];
  if (name.as.kind === 'alias') {
    if (name.as.of === name.name) return [];
    return [`${docText(declarer, `#${name.wit}`)}export type ${name.name} = ${name.as.of};\n`];
  }
  const resource = contract.resources.find((one) => one.type === name.type);
  if (resource) return [classDeclaration(declarer, name.name, resource)];
  return [typeDeclaration(declarer, name.wit, name.name, name.type as ValueType)];
}

/** `import type` lines for the types that are declared in other modules, and their export from this one. */
function importLines(scope: NameScope): string[] {
  const byModule = new Map<string, Set<string>>();
  const exported = new Set<string>();
  for (const { name, as } of scope.names) {
    if (as.kind !== 'import') continue;
    const names = byModule.get(as.module) ?? new Set();
    byModule.set(as.module, names.add(as.name === name ? name : `${as.name} as ${name}`));
    exported.add(name);
  }
  if (exported.size === 0) return [];
  const lines = [...byModule].map(
    ([module, names]) => `import type { ${[...names].join(', ')} } from ${quoted(module)};\n`,
  );
  return [`${lines.join('')}export type { ${[...exported].join(', ')} };\n`];
}

function declarerOf(contract: Contract, scope: NameScope, docs: ReadonlyMap<string, string>): Declarer {
  return { id: contract.id, docs, nameOf: (type) => scope.nameOf(contract.id, type) };
}

function contractName(contract: Contract): string {
  return pascalCase(interfaceName(contract.id));
}

/** Whether a service has something to implement for an interface: types alone need nothing. */
function hasFunctions(contract: Contract): boolean {
  return contract.functions.length > 0 || contract.resources.some(({ functions }) => functions.length > 0);
}

function freeName(name: string, scope: NameScope): string {
  return scope.names.some((one) => one.name === name) ? freeName(`${name}_`, scope) : name;
}
