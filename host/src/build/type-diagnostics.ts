import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { unresolvedImport } from './bundle-log.ts';
import { adviceFor, globalProblem } from './global-problem.ts';
import type { SourceService } from './load.ts';
import { isParsed, parseModule } from './parse.ts';
import { spanAt } from './places.ts';
import type { CompilerError } from './tsc.ts';
import { readMessage, withoutStop } from './tsc-text.ts';

type About = Pick<SourceService, 'name' | 'world'>;

/**
 * The compiler's errors in our words. Of a module that cannot be parsed only that is told: the compiler reads
 * on behind the error and finds what follows from it.
 */
export async function typeDiagnostics(
  errors: readonly CompilerError[],
  service: About,
): Promise<Diagnostic[]> {
  const syntax = new Map<string, Diagnostic>();
  // All that the compiler's own parser and its grammar checks say has four digits that start with 1.
  const suspects = errors.flatMap(({ file, number }) => (/^TS1\d{3}$/.test(number) && file ? [file] : []));
  for (const file of new Set(suspects)) {
    const parsed = await parseModule(file, service.name);
    if (!isParsed(parsed)) syntax.set(file, parsed);
  }
  return [
    ...syntax.values(),
    ...errors
      .filter(({ file }) => file === undefined || !syntax.has(file))
      .map((error) => typeDiagnostic(error, service)),
  ];
}

/** The compiler's advice for other programs, such as to install the types of Node, helps no service. */
const UNKNOWN_NAME = /^Cannot find name '(.+?)'\./;
const UNKNOWN_MODULE = /^Cannot find module '(.+?)'/;

function typeDiagnostic(error: CompilerError, { name, world }: About): Diagnostic {
  const { file, line = 1, column = 1, number, text, details } = error;
  const span = file === undefined ? undefined : spanAt(file, line, column);
  const where = `service ${name}`;
  const global = UNKNOWN_NAME.exec(text)?.[1];
  if (global !== undefined && adviceFor(global) !== undefined) return globalProblem(global, { span, where });
  const module = UNKNOWN_MODULE.exec(text)?.[1];
  if (module !== undefined) {
    return unresolvedImport(module, span, { service: name, imports: new Set(world.imports.keys()) });
  }
  return diagnose('build/type', `${withoutStop(text)} (${number})`, {
    ...(span ? { span } : { where }),
    ...readMessage(text, details),
    related: details.map((message) => ({ message })),
  });
}
