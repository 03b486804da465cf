import { Malformed } from '../../binary/malformed.ts';
import { Reader } from '../../binary/reader.ts';
import type { ComponentSyntax } from '../../component/syntax.ts';

/** What a component's custom section `component-name` says: names for people, by index. */
export interface ComponentNames {
  readonly own?: string;
  readonly modules: ReadonlyMap<number, string>;
  readonly components: ReadonlyMap<number, string>;
  readonly instances: ReadonlyMap<number, string>;
}

/** Reads the names that a component gives to its parts; what is malformed among them is left out. */
export function readNames(bytes: Uint8Array, component: ComponentSyntax): ComponentNames {
  const [modules, components, instances] = [new Map(), new Map(), new Map()] as Map<number, string>[];
  let own: string | undefined;
  for (const { definitions } of component.sections) {
    for (const custom of definitions) {
      if (custom.is !== 'custom' || custom.name !== 'component-name') continue;
      try {
        const reader = new Reader(bytes, custom.start, custom.end);
        while (!reader.done) {
          const id = reader.byte();
          const contents = reader.part(reader.u32());
          if (id === 0) own = contents.text();
          if (id !== 1) continue;
          const sort = contents.byte();
          const inner = sort === 0x00 ? contents.byte() : undefined;
          const into = mapOf(sort, inner);
          contents.vector((item) => into?.set(item.u32(), item.text()));
        }
      } catch (error) {
        // Names are for people only; nothing else depends on them.
        if (!(error instanceof Malformed)) throw error;
      }
    }
  }
  return {
    modules: modules ?? new Map(),
    components: components ?? new Map(),
    instances: instances ?? new Map(),
    ...(own !== undefined && { own }),
  };

  function mapOf(sort: number, inner: number | undefined): Map<number, string> | undefined {
    if (sort === 0x00) return inner === 0x11 ? modules : undefined;
    if (sort === 0x04) return components;
    return sort === 0x05 ? instances : undefined;
  }
}
