/**
 * WIT names as JavaScript spells them: `get-keys` → `getKeys` and `GetKeys`, as componentize-qjs, jco and
 * ComponentizeJS do. Acronyms are written like words: `HTTP-status` → `httpStatus`.
 */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.slice(0, 1).toLowerCase() + pascal.slice(1);
}

export function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('');
}

/** The name of an interface in its id: `fermyon:spin/key-value@2.0.0` → `key-value`. */
export function interfaceName(id: string): string {
  return id.replace(/^.*\//, '').replace(/@.*$/, '');
}
