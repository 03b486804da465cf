import { problem } from '../../diagnostics/error.ts';
import type { Grant } from '../../plan/types.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The members as they are, if the grant is there; otherwise functions of the same names that throw
 * `bindings/grant-missing`, which traps the guest. Their names show in the stack.
 */
export function withGrant(
  grants: readonly Grant[],
  kind: Grant['kind'],
  id: string,
  members: Members,
): Members {
  if (grants.some((grant) => grant.kind === kind)) return members;
  const entries = Object.entries(members).map(([name, member]) => {
    if (typeof member !== 'function' || isClass(member)) return [name, member] as const;
    const refuse = (): never => {
      throw problem(
        'bindings/grant-missing',
        `${id}#${kebab(name)} was called without the grant \`${kind}\``,
        { where: id },
      );
    };
    Object.defineProperty(refuse, 'name', { value: `${kind} is not granted: ${id}#${kebab(name)}` });
    return [name, refuse] as const;
  });
  return Object.fromEntries(entries);
}

/** Classes are resources: nobody gets one without a function, and the glue needs their prototypes. */
function isClass(member: Function): boolean {
  return /^[A-Z]/.test(member.name);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
