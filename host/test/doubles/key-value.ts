/** `fermyon:spin/key-value@2.0.0` in memory, for a service's own tests without a component. */
const data = new Map<string, Uint8Array>();

/** Empties the store between tests. */
export function clear(): void {
  data.clear();
}

export class Store {
  static open(label: string): Store {
    if (label !== 'default')
      throw Object.assign(new Error('access denied'), { payload: { tag: 'access-denied' } });
    return new Store();
  }
  get(key: string): Uint8Array | undefined {
    return data.get(key);
  }
  set(key: string, value: Uint8Array): void {
    data.set(key, value);
  }
  delete(key: string): void {
    data.delete(key);
  }
  exists(key: string): boolean {
    return data.has(key);
  }
  getKeys(): string[] {
    return [...data.keys()];
  }
}
