import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether a call goes down the chain and its answer comes back, or a message goes down and nothing comes. */
export type ChainKind = 'ask' | 'pass';

/** Services in a row, each calling the next; a door for each depth, so that depth 5 is five services. */
export interface Chain {
  readonly manifest: string;
  /** The root of the unit, and its HTTP route. */
  door(depth: number): string;
  /** All services of a depth, the door first. */
  services(depth: number): readonly string[];
}

// Spin wants every word of a component's name to begin with a letter.
const door = (depth: number): string => `door${depth}`;
const link = (number: number): string => `link${number}`;

/** What a depth answers, or with `pass` what its last service prints. */
export function answerOf(kind: ChainKind, depth: number): string {
  return kind === 'ask' ? String(depth) : `done ${depth - 1}`;
}

/** Writes the sources of a chain; the same files for the same depths. Each depth shares the links of the others. */
export function writeChain(kind: ChainKind, depths: readonly number[], folder = OUT): Chain {
  const root = join(folder, `chain-${kind}-${depths.join('-')}`);
  const longest = Math.max(...depths);
  const links = Array.from({ length: longest - 1 }, (_, index) => index + 1);
  const write = (path: string, text: string): void => {
    const file = join(root, path);
    // A file written anew would be read anew by every process that starts the app.
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const number of links) {
    const name = link(number);
    write(`wit/${name}/${name}.wit`, contract(kind, number));
    write(
      `${name}/world.wit`,
      world(name, number > 1 ? link(number - 1) : undefined, `bench:${name}/${name}@0.1.0`),
    );
    write(`${name}/${name}.ts`, linkModule(kind, number));
  }
  for (const depth of depths) {
    const name = door(depth);
    write(
      `${name}/world.wit`,
      world(name, depth > 1 ? link(depth - 1) : undefined, 'fermyon:spin/inbound-http'),
    );
    write(`${name}/${name}.ts`, doorModule(kind, depth));
  }
  write('chain.toml', manifest(kind, depths.map(door), links.map(link)));
  return {
    manifest: join(root, 'chain.toml'),
    door,
    services: (depth) => [
      door(depth),
      ...links
        .slice(0, depth - 1)
        .reverse()
        .map(link),
    ],
  };
}

/** Beside the benchmarks, so that what was built once is in the cache. */
export const OUT = fileURLToPath(new URL('../.out', import.meta.url));

function contract(kind: ChainKind, number: number): string {
  const result = kind === 'ask' ? ' -> u32' : '';
  return `package bench:${link(number)}@0.1.0;

interface ${link(number)} {
  ${kind}: func(n: u32)${result};
}
`;
}

function world(name: string, imported: string | undefined, exported: string): string {
  const imports = imported === undefined ? '' : `  import bench:${imported}/${imported}@0.1.0;\n`;
  return `package bench:${name}-service@0.1.0;\n\nworld ${name} {\n${imports}  export ${exported};\n}\n`;
}

function linkModule(kind: ChainKind, number: number): string {
  const last = number === 1;
  const type = `Link${number}`;
  const body =
    kind === 'ask'
      ? `ask: (n) => ${last ? 'n + 1' : 'ask(n + 1)'}`
      : `pass: (n) => ${last ? 'console.log(`done ${n}`)' : 'pass(n + 1)'}`;
  return `${last ? '' : importOf(kind, number - 1)}import type { ${type} } from './contract.gen.ts';

export const link${number}: ${type} = { ${body} };
`;
}

function doorModule(kind: ChainKind, depth: number): string {
  const ask = depth === 1 ? `new Response('1')` : 'new Response(String(ask(1)))';
  const pass = `(pass(1), new Response('sent'))`;
  const called = depth > 1 ? importOf(kind, depth - 1) : '';
  return `${called}
export default {
  fetch: (): Response => ${kind === 'ask' || depth === 1 ? ask : pass},
};
`;
}

function importOf(kind: ChainKind, number: number): string {
  return `import { ${kind} } from 'bench:${link(number)}/${link(number)}@0.1.0';\n`;
}

function manifest(kind: ChainKind, doors: readonly string[], links: readonly string[]): string {
  const services = [...doors, ...links].map((name) => `[service.${name}]\npath = "${name}"\n`);
  const routes = doors.map((name) => `[[trigger.http]]\nroute = "/${name}"\nservice = "${name}"\n`);
  const placements = kind === 'ask' ? ['fused', 'redis'] : ['mqtt'];
  const profiles = placements.map((name) => `[profile.${name}]\ndefault_placement = "${name}"\n`);
  return [`name = "chain"\n`, ...services, ...routes, ...profiles].join('\n');
}
