/**
 * What is wrong with the name of a variable, or undefined: lower-case letters, digits and single underscores,
 * a letter first, a letter or digit last. Source: Spin, crates/expressions/src/lib.rs, `Key::validate`.
 */
export function variableNameProblem(name: string): string | undefined {
  if (name === '') return 'must not be empty';
  const strange = [...name].find((char) => !/[a-z0-9_]/.test(char));
  if (strange !== undefined) {
    return `has ${JSON.stringify(strange)}; only lower-case letters, digits and underscores may be in it`;
  }
  if (!/^[a-z]/.test(name)) return 'must start with a lower-case letter';
  if (name.endsWith('_')) return 'must end with a letter or digit';
  if (name.includes('__')) return 'must not have two underscores in a row';
  return undefined;
}
