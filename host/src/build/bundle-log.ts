import { builtinModules } from 'node:module';
import type { RolldownLog } from 'rolldown';
import { diagnose, type Diagnostic, type SourceSpan } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { fileOf, partOf, type BundlePart } from './bundle-parts.ts';
import { spanAt } from './places.ts';

const NODE_MODULES = new Set(builtinModules);
/** `namespace:package/interface`, as contracts are imported. */
const CONTRACT = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*(?:@.+)?$/;

/** What messages about a service need to know of it. */
export interface BundleContext {
  readonly service: string;
  /** What its world imports. */
  readonly imports: ReadonlySet<string>;
  /** Where several services are bundled together: each of them. */
  readonly parts?: readonly BundlePart[];
}

/** What the bundler threw and warned of, in our words; warnings that change nothing are left out. */
export function bundlerDiagnostics(
  error: unknown,
  warnings: readonly RolldownLog[],
  context: BundleContext,
): Diagnostic[] {
  const errors = errorLogs(error).flatMap((log) => fromLog(log, context) ?? bundlerProblem(log, context));
  return [...errors, ...warnings.flatMap((log) => fromLog(log, context) ?? [])];
}

function errorLogs(error: unknown): RolldownLog[] {
  if (error === undefined) return [];
  const { errors } = error as { errors?: readonly RolldownLog[] };
  const logs = errors ?? [error as RolldownLog];
  // Thrown by our own plugin, which has reported already.
  return logs.filter((log) => log.code !== 'PLUGIN_ERROR' || log.plugin !== 'tenon-service');
}

function fromLog(log: RolldownLog, context: BundleContext): Diagnostic | undefined {
  switch (log.code) {
    case 'PARSE_ERROR':
      return diagnose('build/syntax', summary(log), {
        ...place(log),
        where: `service ${context.service}`,
        ...expectedSyntax(summary(log)),
      });
    case 'UNRESOLVED_IMPORT':
      return unresolved(log, context);
    case 'MISSING_EXPORT':
      return diagnose('build/missing-name', summary(log).replace(/\.$/, ''), {
        ...place(log),
        where: `service ${context.service}`,
        expected: 'a name that the module exports',
        found: /"([^"]+)" is not exported/.exec(log.message)?.[1] ?? 'another name',
      });
    case 'TOLERATED_TRANSFORM':
      if (!log.message.includes('Top-level await')) return undefined;
      return diagnose('build/top-level-await', '`await` at the top level of a module', {
        ...place(log),
        where: `service ${context.service}`,
        expected: 'top-level code that ends at once',
        found: '`await`',
      });
    default:
      return undefined;
  }
}

function unresolved(log: RolldownLog, context: BundleContext): Diagnostic {
  const part = partOf(log.loc?.file ?? '', context.parts ?? []);
  return unresolvedImport(specifierOf(log), place(log).span, part ?? context);
}

/** For an import that names nothing: a module of Node, a contract that the world lacks, a file, a package. */
export function unresolvedImport(
  name: string,
  span: SourceSpan | undefined,
  { service, imports }: BundleContext,
): Diagnostic {
  const details = { ...(span && { span }), where: `service ${service}`, found: `'${name}'` };
  if (name.startsWith('node:') || NODE_MODULES.has(name)) {
    return diagnose('build/node-module', `'${name}' is a module of Node, which components do not have`, {
      ...details,
      expected: 'a package, a file or a contract',
    });
  }
  if (CONTRACT.test(name)) {
    const known = [...imports].sort();
    const guess = nearest(name, known);
    return diagnose('build/import-not-in-world', `the world of ${service} does not import '${name}'`, {
      ...details,
      expected: known.length === 0 ? 'no import: the world declares none' : `one of ${known.join(', ')}`,
      next: guess
        ? `Did you mean '${guess}'? Otherwise add \`import ${name};\` to the world.`
        : `Add \`import ${name};\` to the world.`,
    });
  }
  return diagnose('build/unresolved-import', `'${name}' is not found`, {
    ...details,
    expected: name.startsWith('.') ? 'a file that is there, with its extension' : 'an installed package',
    next: name.startsWith('.')
      ? 'Correct the path; write the extension, as in `./module.ts`.'
      : `Install it where the service can see it: \`npm install ${packageOf(name)}\`.`,
  });
}

function bundlerProblem(log: RolldownLog, { service }: BundleContext): Diagnostic {
  return diagnose('build/bundler', summary(log) || String(log.message ?? log), {
    ...place(log),
    where: `service ${service}`,
  });
}

function specifierOf(log: RolldownLog): string {
  return log.exporter ?? /Could not resolve '([^']*)'/.exec(log.message)?.[1] ?? '';
}

/** "Expected `,` or `)` but found `;`" and what else the parser says. */
function expectedSyntax(text: string): { expected: string; found: string } {
  const [, expected, found] = /^Expected (.+?),? but found (.+?)\.?$/.exec(text) ?? [];
  return { expected: expected ?? 'TypeScript that can be parsed', found: found ?? text };
}

/** The first line of the bundler's message without its code, or without the parser's count of errors. */
function summary(log: RolldownLog): string {
  const text = log.message.replace(/^\[\w+\] /, '').replace(/^Parse failed with \d+ errors?:\n/, '');
  return text.split('\n')[0] ?? '';
}

function place(log: RolldownLog): { span?: Diagnostic['span'] } {
  const { loc } = log;
  return loc?.file ? { span: spanAt(fileOf(loc.file), loc.line, loc.column + 1) } : {};
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
