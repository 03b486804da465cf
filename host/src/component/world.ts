import { customSections } from '../binary/core-module.ts';
import { diagnose } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { readComponent } from './decode.ts';
import { guarded } from './guarded.ts';
import { signatureOf } from './signature.ts';
import type { ComponentType } from './types.ts';

/**
 * The world that an encoder put into a core module's custom section `component-type`. The section is itself a
 * component: it exports a component type, which exports the world under its id. Diagnostics:
 * `component/no-world`, and those of decodeComponent.
 *
 * Source: wit-component, src/metadata.rs (format version 4).
 */
export function decodeWorld(coreModule: Uint8Array): Result<{ id: string; world: ComponentType }> {
  return guarded(() => {
    const [section] = customSections(coreModule, 'component-type');
    if (!section)
      return failure(diagnose('component/no-world', 'the module has no custom section component-type'));
    for (const extern of signatureOf(readComponent(section)).exports.values()) {
      if (extern.kind !== 'type' || extern.type.kind !== 'component') continue;
      for (const [id, inner] of extern.type.exports) {
        if (inner.kind === 'component') return success({ id, world: inner.type });
      }
    }
    return failure(diagnose('component/no-world', 'the custom section component-type holds no world'));
  });
}
