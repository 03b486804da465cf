import type { ComponentType } from '../component/types.ts';
import { witText } from '../component/wit-text.ts';
import { worldText } from '../generate/fused-world.ts';
import type { PlannedTrigger } from '../plan/types.ts';

/** Handlers that the generated roots export: interfaces, and worlds to include. */
export interface Handlers {
  readonly exports: readonly string[];
  readonly includes: readonly string[];
}

export function handlersOf(triggers: readonly PlannedTrigger[]): Handlers {
  const kinds = new Set(triggers.map(({ kind }) => kind));
  return {
    exports: kinds.has('redis') ? ['fermyon:spin/inbound-redis'] : [],
    includes: kinds.has('mqtt') ? ['spin:mqtt-trigger/spin-mqtt'] : [],
  };
}

/** The world of a component with generated modules: what is left of its services', and what those modules need. */
export function worldWit(world: ComponentType, added: readonly string[], handlers: Handlers): string {
  const externs = [...world.imports, ...world.exports];
  if (externs.every(([name, { kind }]) => kind === 'type' || (kind === 'instance' && name.includes(':')))) {
    const imports = [...world.imports].flatMap(([name, { kind }]) => (kind === 'instance' ? [name] : []));
    return worldText(
      [...imports, ...added],
      [...world.exports.keys(), ...handlers.exports],
      handlers.includes,
    );
  }
  // What belongs to no interface is written down from its types; the interfaces themselves are in the files.
  const [block = ''] = witText(world, 'fused')
    .replace(/^package [^;]+;\s+/, '')
    .split(/^package /m);
  const lines = [
    ...handlers.includes.map((name) => `  include ${name};`),
    ...added.map((name) => `  import ${name};`),
    ...handlers.exports.map((name) => `  export ${name};`),
  ];
  return `package tenon:fused;\n${block.trimEnd().replace(/\}$/, '')}${lines.map((line) => `${line}\n`).join('')}}\n`;
}
