/**
 * The class of a resource of which no object ever exists, because nothing here gives one out: the glue wants the
 * class all the same.
 */
export function absentResource(name: string): Function {
  return function absent(): never {
    throw new TypeError(`no ${name} is ever made`);
  };
}
