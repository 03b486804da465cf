import { diagnose, type Diagnostic, type SourceSpan } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { chunksOf, folderOf, type WitChunk, type WitFile } from './wit-packages.ts';
import { tokenizeWit, type WitToken } from './wit-tokens.ts';

export interface CombineInput {
  /** The file that declares the world. */
  readonly worldFile: WitFile;
  /** All other WIT files that may be referred to; a folder's files that name no package share the folder's. */
  readonly contracts: readonly WitFile[];
  /** The world's name or id; may be left out when the file declares one world. */
  readonly world?: string | undefined;
}

/** One WIT text that holds the world's package and all packages that it reaches. */
export interface WitSource {
  /** Starts with `package tenon:build;`, then `package a:b@1.0.0 { … }` for each, by name, the world's last. */
  readonly text: string;
  /** The world's id: `orders:receiver/receiver@0.1.0`. */
  readonly world: string;
  /** The files in it, by package and name. */
  readonly files: readonly WitFile[];
  /** Braces without a partner, at most one for each file: how the parser reads the text is then no guide. */
  readonly braces: readonly Diagnostic[];
  /** Where a line and column of the text come from; undefined for the lines that join the packages. */
  readonly place: (line: number, column: number) => SourceSpan | undefined;
}

/**
 * Combines WIT files into one text of several packages: what tools take that read no folders. Only packages
 * that the world's package reaches are in it, so that a broken contract fails the services that use it.
 * Source: component-model, design/mvp/WIT.md, "Package declaration" and "Nested packages".
 */
export function combineWit({ worldFile, contracts, world }: CombineInput): Result<WitSource> {
  const own = chunksOf(worldFile);
  const first = own[0];
  if (first?.package === undefined) return failure(noPackage(worldFile.file));
  if (!PACKAGE.test(first.package)) return failure(badPackage(first, first.package));
  const chosen = chooseWorld(own, first.package, worldFile.file, world);
  // A world within braces that should have been closed before is not seen.
  const hidden = chosen.ok ? undefined : unbalancedBrace(worldFile);
  if (hidden) return failure(hidden);
  if (!chosen.ok) return chosen;

  const grouped = groupPackages(worldFile, contracts);
  const contractFiles = new Map([...contracts, worldFile].map((file) => [file.file, file]));
  const reached = new Map<string, readonly WitChunk[]>();
  const problems: Diagnostic[] = [];
  const visit = (id: string, path: readonly string[]): void => {
    const chunks = grouped.get(id)?.[0] ?? [];
    const others = (grouped.get(id) ?? []).slice(1).filter((group) => !sameText(group, chunks));
    if (others.length > 0) problems.push(duplicatePackage(id, chunks, others));
    for (const chunk of chunks) {
      for (const reference of chunk.references) {
        if (reference.package === id) continue;
        const span = spanOf(chunk.file, reference.token, reference.length);
        if (path.includes(reference.package)) {
          problems.push(
            packageCycle([...path.slice(path.indexOf(reference.package)), reference.package], span),
          );
        } else if (!grouped.has(reference.package)) {
          problems.push(missingPackage(reference.package, [...grouped.keys()], span));
        } else if (!reached.has(reference.package)) {
          visit(reference.package, [...path, reference.package]);
        }
      }
    }
    reached.set(id, chunks);
  };
  for (const id of new Set([chosen.value.package, ...own.map((chunk) => chunk.package ?? '')])) {
    if (!reached.has(id)) visit(id, [id]);
  }
  if (problems.length > 0) return failure(...problems);
  const chunks = [...reached.keys()]
    .sort()
    .map((id): [string, readonly WitChunk[]] => [id, reached.get(id) ?? []]);
  const used = new Set(chunks.flatMap(([, parts]) => parts.map((part) => part.file)));
  const files = [...used].flatMap((name) => contractFiles.get(name) ?? []);
  const braces = files.flatMap((file) => unbalancedBrace(file) ?? []);
  return success({ ...join(chunks), world: chosen.value.id, files, braces });
}

/** Package id → its declarations, one group of chunks for each folder that declares it, the world's first. */
function groupPackages(worldFile: WitFile, contracts: readonly WitFile[]): Map<string, WitChunk[][]> {
  const folders = new Map<string, WitChunk[]>();
  const sorted = contracts
    .filter(({ file }) => file !== worldFile.file)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  for (const file of [worldFile, ...sorted]) {
    const folder = folderOf(file.file);
    folders.set(folder, [...(folders.get(folder) ?? []), ...chunksOf(file)]);
  }
  const grouped = new Map<string, WitChunk[][]>();
  for (const chunks of folders.values()) {
    const inherited = chunks.find((chunk) => chunk.package !== undefined)?.package;
    const groups = new Map<string, WitChunk[]>();
    for (const chunk of chunks) {
      const id = chunk.package ?? inherited;
      if (id !== undefined) groups.set(id, [...(groups.get(id) ?? []), chunk]);
    }
    for (const [id, group] of groups) grouped.set(id, [...(grouped.get(id) ?? []), group]);
  }
  return grouped;
}

function join(packages: readonly [string, readonly WitChunk[]][]): Pick<WitSource, 'text' | 'place'> {
  const lines = ['package tenon:build;'];
  const places: ((column: number) => SourceSpan | undefined)[] = [nowhere];
  for (const [id, chunks] of packages) {
    lines.push(`package ${id} {`);
    places.push(headerPlace(id, chunks));
    const uses = new Set<string>();
    for (const chunk of chunks) {
      for (const [index, line] of withoutRepeatedUses(chunk, uses).split('\n').entries()) {
        lines.push(line);
        places.push((column) => ({ file: chunk.file, line: index + 1, column }));
      }
    }
    lines.push('}');
    places.push(nowhere);
  }
  return { text: `${lines.join('\n')}\n`, place: (line, column) => places[line - 1]?.(column) };
}

function nowhere(): undefined {
  return undefined;
}

/** The package's name in our line stands for the name in its file; the rest of the line is ours. */
function headerPlace(id: string, chunks: readonly WitChunk[]): (column: number) => SourceSpan | undefined {
  const span = headerSpan(chunks);
  const start = 'package '.length + 1;
  return (column) =>
    span && column >= start && column < start + id.length
      ? { file: span.file, line: span.line, column: span.column + column - start }
      : undefined;
}

/** A `use` at the top of a file holds for that file; in one block, each may stand once. */
function withoutRepeatedUses(chunk: WitChunk, seen: Set<string>): string {
  let text = chunk.text;
  for (const [start, end] of chunk.uses) {
    const use = chunk.text.slice(start, end).replace(/\s+/g, ' ');
    if (seen.has(use)) {
      text = text.slice(0, start) + chunk.text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
    }
    seen.add(use);
  }
  return text;
}

function chooseWorld(
  chunks: readonly WitChunk[],
  packageId: string,
  file: string,
  wanted: string | undefined,
): Result<{ id: string; package: string }> {
  const worlds = chunks.flatMap((chunk) =>
    chunk.worlds.map((token) => {
      const name = token.text.replace(/^%/, '');
      return { name, id: idIn(chunk.package ?? packageId, name), package: chunk.package ?? packageId, token };
    }),
  );
  const names = worlds.map((world) => world.name);
  if (wanted !== undefined) {
    const found = worlds.find((world) => world.id === wanted || world.name === wanted);
    if (found) return success(found);
    const guess = nearest(wanted, names);
    return failure(
      diagnose('contract/unknown-world', `the world \`${wanted}\` is not declared`, {
        span: worlds[0] ? spanOf(file, worlds[0].token) : { file, line: 1, column: 1 },
        expected: names.length > 0 ? listWords(names) : 'a world',
        found: wanted,
        next: guess === undefined ? undefined : `Did you mean \`${guess}\`?`,
      }),
    );
  }
  const [world, second] = worlds;
  if (!world) {
    return failure(
      diagnose('contract/no-world', 'the file declares no world', {
        span: { file, line: 1, column: 1 },
        expected: 'one `world`',
        found: 'none',
      }),
    );
  }
  if (!second) return success(world);
  return failure(
    diagnose('contract/ambiguous-world', `the file declares ${worlds.length} worlds`, {
      span: spanOf(file, second.token),
      expected: 'one world, or its name in the manifest',
      found: listWords(names, 'and'),
    }),
  );
}

/** `orders:fulfilment@0.1.0` and `fulfilment` → `orders:fulfilment/fulfilment@0.1.0`. */
export function idIn(packageId: string, name: string): string {
  const at = packageId.indexOf('@');
  return at === -1 ? `${packageId}/${name}` : `${packageId.slice(0, at)}/${name}${packageId.slice(at)}`;
}

/**
 * A brace without its partner, which the parser would report at the end of the text or in another package:
 * the innermost that is left open, or the first that closes nothing.
 */
function unbalancedBrace({ file, text }: WitFile): Diagnostic | undefined {
  const open: WitToken[] = [];
  for (const token of tokenizeWit(text)) {
    if (token.text === '{') open.push(token);
    if (token.text === '}' && open.pop() === undefined) {
      return diagnose('contract/wit-syntax', 'a brace closes nothing', {
        span: spanOf(file, token),
        expected: 'a declaration or the end of the file',
        found: '`}`',
      });
    }
  }
  const left = open.pop();
  return (
    left &&
    diagnose('contract/wit-syntax', 'a brace is never closed', {
      span: spanOf(file, left),
      expected: '`}` further down',
      found: 'the end of the file',
    })
  );
}

function noPackage(file: string): Diagnostic {
  return diagnose('contract/no-package', 'the file names no package', {
    span: { file, line: 1, column: 1 },
    expected: '`package namespace:name@version;`',
    found: 'none',
  });
}

/** Source: component-model, design/mvp/WIT.md, "Package declaration". */
const PACKAGE = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*(?:@.+)?$/i;

function badPackage(chunk: WitChunk, id: string): Diagnostic {
  return diagnose('contract/wit-syntax', 'the package line names no package', {
    span: headerSpan([chunk]) ?? { file: chunk.file, line: 1, column: 1 },
    expected: '`namespace:name@version`',
    found: `\`${id}\``,
  });
}

function missingPackage(id: string, known: readonly string[], span: SourceSpan): Diagnostic {
  const [name] = id.split('@');
  const versions = known.filter((other) => other.split('@')[0] === name);
  const guess = versions.find((other) => other.includes('@')) ?? versions[0] ?? nearest(id, known);
  return diagnose('contract/missing-package', `no WIT file declares the package \`${id}\``, {
    span,
    expected: versions.length > 0 ? listWords(versions) : 'a declared package',
    found: id,
    next:
      guess === undefined
        ? undefined
        : `Did you mean \`${guess}\`? Otherwise put the package into wit/ or wit/deps/.`,
  });
}

function duplicatePackage(
  id: string,
  chunks: readonly WitChunk[],
  others: readonly WitChunk[][],
): Diagnostic {
  const spans = [chunks, ...others].map((group) => headerSpan(group));
  return diagnose('contract/duplicate-package', `the package \`${id}\` is declared ${spans.length} times`, {
    ...(spans[1] && { span: spans[1] }),
    expected: 'one declaration',
    found: spans.map((span) => span?.file ?? '').join(', '),
    related: [{ message: 'it is declared here too', ...(spans[0] && { span: spans[0] }) }],
  });
}

function packageCycle(path: readonly string[], span: SourceSpan): Diagnostic {
  return diagnose('contract/package-cycle', `the package \`${path[0]}\` depends on itself`, {
    span,
    expected: 'packages that do not lead back to themselves',
    found: path.join(' → '),
  });
}

function headerSpan(chunks: readonly WitChunk[]): SourceSpan | undefined {
  const chunk = chunks.find((part) => part.header);
  return chunk?.header && spanOf(chunk.file, chunk.header, chunk.headerLength);
}

function spanOf(file: string, token: WitToken, length = token.text.length): SourceSpan {
  return { file, line: token.line, column: token.column, length };
}

function sameText(a: readonly WitChunk[], b: readonly WitChunk[]): boolean {
  return a.map((chunk) => chunk.text).join('\n') === b.map((chunk) => chunk.text).join('\n');
}
