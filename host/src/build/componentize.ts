import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeBuiltins } from '../../../guest/src/engine/builtins.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError } from '../diagnostics/error.ts';
import { buildTime } from './build-time.ts';
import type { Bundle } from './bundle.ts';
import type { Cache } from './cache.ts';
import { isGuestFile } from './guest.ts';
import { WRONG_EXPORT, type WrongExport } from './entry.ts';
import { displayPath, spanAt, spanOfText } from './places.ts';
import { quickJsEngine } from './quickjs/engine.ts';
import { initialize } from './quickjs/initialize.ts';
import { skeletonOf } from './quickjs/skeleton.ts';
import { readSourceMap } from './source-map.ts';
import { firstPlace, mapStack } from './stack.ts';

export interface ComponentizeRequest {
  readonly service: string;
  readonly bundle: Bundle;
  /** WIT text of several packages, and the id of the world in it. */
  readonly wit: { readonly source: string; readonly world: string };
  /** Absolute folder that the bundle's source map is relative to. */
  readonly base: string;
  /** Absolute file of the service's entry module, for problems that have no other place. */
  readonly entry: string;
  /** Of several services that are fused, the entry module of each. */
  readonly entries?: ReadonlyMap<string, string> | undefined;
  readonly cache: Cache;
}

/**
 * Comes after the service's own code, whose lines the source map knows; evaluated indirectly, so that names which
 * the service declares are none of its own.
 */
const MAKE_BUILTINS = `(0, eval)(${JSON.stringify(`(${makeBuiltins.toString()})()`)});`;

/**
 * Makes a component of a bundle with QuickJS, in its synchronous mode (Spin 3.x has no component-model async).
 * componentize-qjs binds the world, once for each world; the engine then runs the module's top-level code in this
 * thread, and its state is kept, so that the same sources give the same bytes. Throws TenonError:
 * `build/top-level-exception`, `build/import-at-top-level`, `build/wrong-export`, `build/toolchain`.
 */
export async function componentizeQuickJs(request: ComponentizeRequest): Promise<Uint8Array> {
  try {
    const skeleton = await skeletonOf(request.wit, request.cache);
    return initialize({
      skeleton,
      engine: quickJsEngine(),
      source: `${request.bundle.code}\n${MAKE_BUILTINS}\n`,
      name: request.service,
      now: buildTime(process.env),
    });
  } catch (error) {
    if (error instanceof TenonError) throw error;
    throw new TenonError([engineDiagnostic((error as Error).message, request)], { cause: error });
  }
}

/** What QuickJS and StarlingMonkey say before an exception of top-level code. */
const EVALUATION =
  /(?:Failed to finish JavaScript module evaluation: |Exception while evaluating top-level script\n(?:\S+ )?)(?<text>[\s\S]*)$/;
/** An import of the world that is called while there is no host. */
const HOST_CALL = /unknown import: `(?<import>[^`#]+)#(?<function>[^`]+)` has not been defined/;
const DECLARATION = /Failed to declare JavaScript module: (?<text>[\s\S]*)$/;

/** The message of either engine in our words, placed in the TypeScript source. */
export function engineDiagnostic(
  message: string,
  request: Omit<ComponentizeRequest, 'wit' | 'cache'>,
): Diagnostic {
  const { service, bundle, base, entry, entries } = request;
  const map = readSourceMap(bundle.map);
  const where = `service ${service}`;
  const called = HOST_CALL.exec(message)?.groups;
  if (called) return hostCalled(called['import'] ?? '', called['function'] ?? '', request);
  const evaluated = EVALUATION.exec(message)?.groups?.['text'];
  if (evaluated === undefined) {
    const declared = DECLARATION.exec(message)?.groups?.['text'] ?? message.replace(/^: /, '');
    return diagnose(
      'build/toolchain',
      `the toolchain refused ${service}: ${declared.trim().split('\n')[0]}`,
      {
        span: { file: displayPath(entry), line: 1, column: 1 },
        where,
        expected: 'a module that the engine can load for its world',
        found: mapStack(declared.trim(), () => map),
      },
    );
  }
  const wrong = wrongExport(evaluated);
  if (wrong) {
    const { service: owner = service } = wrong;
    return diagnose('build/wrong-export', `\`${wrong.path}\` of ${owner} is ${article(wrong.found)}`, {
      span: { file: displayPath(entries?.get(owner) ?? entry), line: 1, column: 1 },
      where,
      expected: article(wrong.wanted),
      found: article(wrong.found),
    });
  }
  const place = firstPlace(
    evaluated,
    () => map,
    (file) => !file.startsWith('guest/'),
  );
  const [summary = 'an exception'] = evaluated.trim().split('\n');
  const trace = mapStack(evaluated.trim(), () => map)
    .split('\n')
    .slice(1);
  return diagnose(
    'build/top-level-exception',
    `the top-level code of ${service} throws: ${cleaned(summary)}`,
    {
      span: place
        ? spanAt(resolve(base, place.file), place.line, place.column)
        : { file: displayPath(entry), line: 1, column: 1 },
      where,
      expected: 'top-level code that ends normally while the component is built',
      found: cleaned(summary),
      related: trace.map((line) => ({ message: line.trim() })),
    },
  );
}

/** The host is not there while the engine runs top-level code; the trap has no trace of JavaScript. */
function hostCalled(
  name: string,
  member: string,
  { service, bundle, entry }: Pick<ComponentizeRequest, 'service' | 'bundle' | 'entry'>,
): Diagnostic {
  const files = [entry, ...bundle.inputs].filter((file) => !isGuestFile(file));
  const file = files.find((one) => readFileSync(one, 'utf8').includes(`'${name}'`)) ?? entry;
  return diagnose('build/import-at-top-level', `${service} calls \`${member}\` of ${name} at its top level`, {
    span: spanOfText(file, `'${name}'`),
    where: `service ${service}`,
    expected: 'calls of the host inside of functions only',
    found: `a call of \`${member}\` while the component is built`,
  });
}

function wrongExport(text: string): WrongExport | undefined {
  const start = text.indexOf(WRONG_EXPORT);
  if (start < 0) return undefined;
  const [json = ''] = text.slice(start + WRONG_EXPORT.length).split('\n');
  return JSON.parse(json) as WrongExport;
}

/** QuickJS prints a thrown value that is no Error as Rust would. */
function cleaned(summary: string): string {
  return summary.replace(/^Exception generated by quickjs: \w+\((?:Ok\()?(.*?)\)?\)$/, '$1');
}

function article(kind: string): string {
  if (kind === 'undefined' || kind === 'null') return kind;
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
