import { componentEmbed } from '@bytecodealliance/jco-transpile/wasm-tools';
import { decodeWorld } from '../../component/world.ts';
import type { ComponentType } from '../../component/types.ts';
import { checkTypes, checkSync } from '../../contract/check.ts';
import { docsOf } from '../../contract/wit-docs.ts';
import { combineWit, type WitSource } from '../../contract/wit-source.ts';
import { tokenizeWit } from '../../contract/wit-tokens.ts';
import { diagnose, type Diagnostic, type SourceSpan } from '../../diagnostics/diagnostic.ts';
import { TenonError, unwrap } from '../../diagnostics/error.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { locate, type WitProbe } from './locate.ts';
import { readWitFile, readWitFolders } from './read.ts';
import { worldPlaces, type WorldPlaces } from './world-places.ts';

export interface EncodeInput {
  /** The file that declares the service's world: `components/receiver/world.wit`. */
  readonly worldFile: string;
  /** Folders with contracts, searched with all that is below them: `wit`. */
  readonly witDirs: readonly string[];
  /** The world's name or id; may be left out when the file declares one. */
  readonly world?: string | undefined;
}

/** A service's world, resolved. */
export interface EncodedWorld {
  /** `orders:receiver/receiver@0.1.0` */
  readonly id: string;
  readonly world: ComponentType;
  /** All WIT that the world reaches, as one text of several packages: what toolchains build against. */
  readonly source: string;
  /** Doc comments by what they describe, see contract/wit-docs.ts. */
  readonly docs: ReadonlyMap<string, string>;
  /** Where its file declares an import or export. */
  readonly spanOf: WorldPlaces;
  /** The files that it was read from: what a cache must watch. */
  readonly files: readonly string[];
}

/**
 * Resolves and encodes a service's world. The text is read by wit-parser, the reference implementation, in
 * `componentEmbed`, which writes the world as a component type into a custom section of a module; our own
 * decoder reads it back. Throws a TenonError with the WIT file's line and column.
 */
export async function encodeWorld({ worldFile, witDirs, world }: EncodeInput): Promise<EncodedWorld> {
  const own = await readWitFile(worldFile);
  const contracts = (await readWitFolders(witDirs)).filter(({ file }) => file !== worldFile);
  const source = unwrap(combineWit({ worldFile: own, contracts, world }));
  const embedded = await embed(source.text, source.world);
  if (typeof embedded === 'string') {
    throw new TenonError([await explain(source, embedded)], { cause: new Error(embedded) });
  }
  const decoded = unwrap(decodeWorld(embedded));
  const docs = docsOf(source.files);
  const checked = { id: source.world, world: decoded.world, files: source.files };
  unwrap(checkTypes(checked));
  unwrap(checkSync(checked));
  return {
    id: source.world,
    world: decoded.world,
    source: source.text,
    docs,
    spanOf: worldPlaces(own, source.world),
    files: source.files.map(({ file }) => file),
  };
}

/** A core module with the world in it, or the parser's message. */
async function embed(witSource: string, world: string): Promise<Uint8Array | string> {
  try {
    return await componentEmbed({ witSource, dummy: true, world });
  } catch (error) {
    return messageOf(error);
  }
}

/** The tools throw what their `result` carried: a text, bare or as an Error's payload. */
function messageOf(error: unknown): string {
  const payload = (error as { payload?: unknown } | null)?.payload;
  if (typeof payload === 'string') return payload;
  return error instanceof Error ? error.message : String(error);
}

async function explain(source: WitSource, message: string): Promise<Diagnostic> {
  const probe: WitProbe = async (text) => {
    const answer = await embed(text, source.world);
    return typeof answer === 'string' ? answer : undefined;
  };
  const place = await locate(source.text, message, probe);
  const origin = place && source.place(place.line, place.column);
  const span = origin ? { ...origin, length: place.length } : undefined;
  const brace = source.braces.find((one) => span === undefined || closesBefore(one, span));
  if (place?.kind !== 'names' && brace) return brace;
  const where = span ? {} : { where: source.world };
  const [summary = message] = message.split('\n');
  if (place?.kind === 'names') {
    const line = source.text.split('\n')[place.line - 1] ?? '';
    const name = line.slice(place.column - 1, place.column - 1 + place.length);
    const words = tokenizeWit(source.text).flatMap(({ kind, text }) =>
      kind === 'word' && text !== name ? text : [],
    );
    const guess = /not exist|not found/.test(summary) ? nearest(name, new Set(words)) : undefined;
    return diagnose('contract/wit-unresolved', summary, {
      span,
      next: guess === undefined ? undefined : `Did you mean \`${guess}\`?`,
      ...where,
      expected: 'names that lead somewhere, each declared once',
      found: `\`${name}\``,
    });
  }
  const tokens = /^expected (.*), found (.*)$/.exec(summary);
  return diagnose('contract/wit-syntax', summary, {
    span,
    ...where,
    expected: tokens?.[1] ?? 'the grammar of WIT',
    found: tokens?.[2] ?? summary,
  });
}

/** Whether a brace that closes nothing stands before a place: what comes after it is read as something else. */
function closesBefore({ span, found }: Diagnostic, place: SourceSpan): boolean {
  if (found !== '`}`' || span?.file !== place.file) return false;
  return span.line < place.line || (span.line === place.line && span.column <= place.column);
}
