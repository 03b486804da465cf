/** What one message of TypeScript's compiler says, in the parts that a diagnostic has. */
export interface TypeProblem {
  readonly expected: string;
  readonly found: string;
  /** For a name that was probably meant. */
  readonly next?: string;
}

type Read = (...groups: string[]) => TypeProblem;

/** The compiler's commonest messages; which number each has does not matter. */
const MESSAGES: readonly (readonly [pattern: RegExp, read: Read])[] = [
  [
    /^(?:Argument of type|Type) '(.+)' is not assignable to (?:parameter of )?type '(.+?)'(?: with 'exactOptionalPropertyTypes.*)?\.?(?: Did you mean '(.+)'\?)?$/,
    (found, expected, guess) => ({
      expected: `type \`${expected}\``,
      found: `type \`${found}\``,
      ...meant(guess),
    }),
  ],
  [
    /^Property '(.+)' does not exist on type '(.+?)'\.(?: Did you mean (?:to access the static member )?'(.+)'\?)?/,
    (name, type, guess) => ({ expected: `a property of \`${type}\``, found: `\`${name}\``, ...meant(guess) }),
  ],
  [
    /^Property '(.+)' is missing in type '(.+)' but required in type '(.+)'\.$/,
    (name, found, expected) => ({
      expected: `type \`${expected}\``,
      found: `\`${found}\`, without \`${name}\``,
    }),
  ],
  [
    /^Type '(.+)' is missing the following properties from type '(.+)': (.+)$/,
    (found, expected, names) => ({
      expected: `type \`${expected}\``,
      found: `\`${found}\`, without ${withoutStop(names!)}`,
    }),
  ],
  [
    /^Object literal may only specify known properties, (?:and|but) '(.+)' does not exist in type '(.+?)'\.(?: Did you mean to write '(.+)'\?)?/,
    (name, type, guess) => ({ expected: `properties of \`${type}\``, found: `\`${name}\``, ...meant(guess) }),
  ],
  [
    /^Cannot find name '(.+?)'\.(?: Did you mean (?:the instance member )?'(.+)'\?)?/,
    (name, guess) => ({
      expected: 'a name that is declared or imported',
      found: `\`${name}\``,
      ...meant(guess),
    }),
  ],
  [
    /has no exported member (?:named )?'(.+?)'\.(?: Did you mean '(.+)'\?)?/,
    (name, guess) => ({ expected: 'a name that the module exports', found: `\`${name}\``, ...meant(guess) }),
  ],
  [
    /^Expected (.+) (type )?arguments?, but got (.+)\.$/,
    (wanted, kind, found) => ({
      expected: `${wanted} ${kind ?? ''}argument${wanted === '1' ? '' : 's'}`,
      found: found!,
    }),
  ],
  [
    /^(?:Parameter|Binding element|Variable|Member) '(.+)' implicitly has an '(.+)' type/,
    (name, type) => ({ expected: `a type for \`${name}\``, found: `none, hence \`${type}\`` }),
  ],
  [
    /^(?:'(.+)'|Object) is (?:possibly )?'(null|undefined|null' or 'undefined|unknown)'\.$/,
    (name, what) => ({
      expected: 'a value whose type is known, tested for what it may be',
      found: `${name === undefined ? 'an object' : `\`${name}\``} that may be ${what!.replace("' or '", ' or ')}`,
    }),
  ],
];

/** Reads a message; what no pattern knows is told in the compiler's words, `details` being its explanation. */
export function readMessage(text: string, details: readonly string[]): TypeProblem {
  for (const [pattern, read] of MESSAGES) {
    const groups = pattern.exec(text)?.slice(1);
    if (groups) return read(...groups);
  }
  return { expected: 'code that TypeScript accepts', found: withoutStop(details.at(-1) ?? text) };
}

/** The types of a message "Type … is not assignable to type …", as they are written in it. */
export function assignedTypes(
  text: string,
): { readonly expected: string; readonly found: string } | undefined {
  const [, found, expected] =
    /^(?:Argument of type|Type) '(.+)' is not assignable to .*?type '(.+)'\.$/.exec(text) ?? [];
  return found === undefined || expected === undefined ? undefined : { expected, found };
}

/** A message as part of a line. */
export function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

function meant(guess: string | undefined): { next?: string } {
  return guess === undefined ? {} : { next: `Did you mean \`${guess}\`?` };
}
