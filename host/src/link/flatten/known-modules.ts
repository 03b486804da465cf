import { sameBytes } from '../../binary/same-bytes.ts';

/** Core modules by what they are: services share an engine, and what is found out about a module is kept by its view. */
export class KnownModules {
  private readonly byLength = new Map<number, Uint8Array[]>();

  /** The first view that held the same bytes. */
  like(module: Uint8Array): Uint8Array {
    const alike = this.byLength.get(module.length);
    if (!alike) {
      this.byLength.set(module.length, [module]);
      return module;
    }
    const known = alike.find((other) => sameBytes(other, module));
    if (!known) alike.push(module);
    return known ?? module;
  }
}
