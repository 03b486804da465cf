import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeBuiltins } from '../../../guest/src/engine/builtins.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError } from '../diagnostics/error.ts';
import type { Bundle } from './bundle.ts';
import { isGuestFile } from './guest.ts';
import { WRONG_EXPORT, type WrongExport } from './entry.ts';
import { displayPath, spanAt, spanOfText } from './places.ts';
import { scratchFolder } from './scratch.ts';
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
  /** A folder for files that are gone afterwards. */
  readonly scratch: string;
}

/**
 * Comes after the service's own code, whose lines the source map knows; evaluated indirectly, so that names which
 * the service declares are none of its own.
 */
const MAKE_BUILTINS = `(0, eval)(${JSON.stringify(`(${makeBuiltins.toString()})()`)});`;

/**
 * Makes a component of a bundle with QuickJS, in its synchronous mode (Spin 3.x has no component-model async).
 * The engine runs the module's top-level code once and keeps the state; this happens in native threads, about
 * 1.3 s for each. Throws TenonError: `build/top-level-exception`, `build/wrong-export`, `build/toolchain`.
 */
export async function componentizeQuickJs(request: ComponentizeRequest): Promise<Uint8Array> {
  const { componentize } = await import('componentize-qjs');
  const folder = await scratchFolder(request.scratch, 'quickjs-');
  try {
    // A module that lies in the module root is known by its name there: stack traces name the service.
    const moduleRoot = join(folder, 'module');
    const jsPath = join(moduleRoot, `${request.service}.js`);
    const witPath = join(folder, 'world.wit');
    await mkdir(moduleRoot);
    const jsSource = `${request.bundle.code}\n${MAKE_BUILTINS}\n`;
    await writeFile(jsPath, jsSource);
    await writeFile(witPath, request.wit.source);
    const { component } = await componentize({
      witPath,
      world: request.wit.world,
      jsSource,
      jsPath,
      moduleRoot,
      sync: true,
    });
    return component;
  } catch (error) {
    throw new TenonError([engineDiagnostic((error as Error).message, request)], { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
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
  request: Omit<ComponentizeRequest, 'wit' | 'scratch'>,
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
