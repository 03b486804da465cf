import { chunksOf, type WitFile } from '../../contract/wit-packages.ts';
import { idIn } from '../../contract/wit-source.ts';
import { tokenizeWit, type WitToken } from '../../contract/wit-tokens.ts';
import type { SourceSpan } from '../../diagnostics/diagnostic.ts';

/** Where a world declares an import or export; undefined for what it takes over by `use` or `include`. */
export type WorldPlaces = (name: string) => SourceSpan | undefined;

/**
 * Finds the `import` and `export` lines of a world in its file. Names are as the encoded world has them:
 * `shop:stock/stock@0.1.0`, or plain for functions and inline interfaces. Source: component-model,
 * design/mvp/WIT.md, "Item: world".
 */
export function worldPlaces(file: WitFile, worldId: string): WorldPlaces {
  const places = new Map<string, SourceSpan>();
  for (const { package: packageId = '', worlds, text } of chunksOf(file)) {
    const world = worlds.find((token) => idIn(packageId, plain(token)) === worldId);
    if (!world) continue;
    const tokens = tokenizeWit(text);
    let at = tokens.findIndex(({ offset }) => offset === world.offset);
    for (let depth = 0; at < tokens.length; at++) {
      const token = tokens[at]!;
      if (token.text === '{') depth++;
      if (token.text === '}' && --depth === 0) break;
      const starts = depth === 1 && ['{', '}', ';'].includes(tokens[at - 1]?.text ?? '');
      if (!starts || (token.text !== 'import' && token.text !== 'export')) continue;
      const { name, end } = externName(tokens, at + 1);
      const start = tokens[at + 1]!;
      const span = { file: file.file, line: start.line, column: start.column, length: end - start.offset };
      places.set(name, span);
      // An interface of the same package is named without it.
      if (!/[:/]/.test(name) && !places.has(idIn(packageId, name))) places.set(idIn(packageId, name), span);
    }
  }
  return (name) => places.get(name);
}

/** `shop:stock/stock@0.1.0`, or `name` before `: func` or `: interface`. */
function externName(tokens: readonly WitToken[], start: number): { name: string; end: number } {
  let name = '';
  let at = start;
  for (; at < tokens.length; at++) {
    const token = tokens[at]!;
    const kind = tokens[at + 1]?.text;
    if (token.text === ';' || token.text === '{') break;
    if (token.text === ':' && (kind === 'func' || kind === 'async' || kind === 'interface')) break;
    name += token.kind === 'version' ? `@${token.text}` : plain(token);
  }
  return { name, end: tokens[at - 1]?.end ?? 0 };
}

function plain({ text }: WitToken): string {
  return text.replace(/^%/, '');
}
