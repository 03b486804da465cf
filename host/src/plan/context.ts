import type { Diagnostic, SourceSpan } from '../diagnostics/diagnostic.ts';
import { locate, type Variant } from '../manifest/document.ts';
import type { KeyPath, KeySpans } from '../manifest/spans.ts';
import type { Manifest } from '../manifest/types.ts';
import type { ServiceWorld } from './types.ts';

/** What the passes of the plan look at. */
export interface PlanInput {
  readonly manifest: Manifest;
  /** The manifest's text, for places and for what is written as opposed to defaulted. */
  readonly variant: Variant;
  readonly worlds: ReadonlyMap<string, ServiceWorld>;
}

/** What a pass makes, with the problems that it found on the way. */
export interface Found<T> {
  readonly value: T;
  readonly problems: readonly Diagnostic[];
}

export function at(input: PlanInput, path: KeyPath, part: keyof KeySpans = 'value'): SourceSpan {
  return locate(input.variant, path, part);
}

export function atService(input: PlanInput, service: string): SourceSpan {
  return at(input, ['service', service], 'key');
}

/** All services of the manifest in the order of their names, which is the order of everything in a plan. */
export function serviceNames(manifest: Manifest): readonly string[] {
  return Object.keys(manifest.services).toSorted(compareText);
}

/** By code unit: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Where a world declares an import, for "see:". */
export function declaredIn(world: ServiceWorld, name: string): NonNullable<Diagnostic['related']>[number] {
  const span = world.spanOf?.(name);
  return span
    ? { message: `\`${name}\` is declared here.`, span }
    : { message: `The world is declared in ${world.file}.` };
}
