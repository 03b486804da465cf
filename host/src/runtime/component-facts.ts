import { isAsyncCanon } from '../component/decode-canon.ts';
import { decodeComponent } from '../component/decode.ts';
import type { ComponentSyntax, Definition } from '../component/syntax.ts';
import { unwrap } from '../diagnostics/error.ts';

/** What the runtime must know of a component beyond its glue. */
export interface ComponentFacts {
  /** The names of its imports, with versions. */
  readonly imports: readonly string[];
  /** The names of its exports, with versions. */
  readonly exports: readonly string[];
  /** Whether anything in it is async: then the fast intrinsics do not hold, nor a reset. */
  readonly async: boolean;
  /** Whether anything in it defines resources: their handle tables are out of reach, so no reset. */
  readonly ownResources: boolean;
}

/** Reads a component's definitions, nested ones included. Throws TenonError with what decodeComponent finds. */
export function componentFacts(component: Uint8Array): ComponentFacts {
  const syntax = unwrap(decodeComponent(component));
  const all = definitions(syntax);
  const canons = all.flatMap((one) => (one.is === 'canon' ? [one.canon] : []));
  const top = syntax.sections.flatMap((section) => section.definitions);
  return {
    imports: top.flatMap((one) => (one.is === 'import' ? [one.name.name] : [])),
    exports: top.flatMap((one) => (one.is === 'export' ? [one.name.name] : [])),
    async: canons.some(isAsyncCanon),
    ownResources: canons.some((canon) => canon.name === 'resource.new' || canon.name === 'resource.rep'),
  };
}

function definitions(component: ComponentSyntax): Definition[] {
  return component.sections.flatMap((section) =>
    section.definitions.flatMap((one) => (one.is === 'component' ? definitions(one.component) : [one])),
  );
}
