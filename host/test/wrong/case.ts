import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** An app that is wrong in one way, as one text of several files (see README.md beside this). */
export interface WrongCase {
  /** `--profile` and `--place`, as for the command. */
  readonly profile?: string;
  readonly place: readonly string[];
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
}

/** The manifest of a case. */
export const MANIFEST = 'composed/app.toml';

export function parseCase(text: string): WrongCase {
  const [head = '', ...rest] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2) files.set(rest[at] ?? '', rest[at + 1] ?? '');
  if (!files.has(MANIFEST)) throw new Error(`the case has no file ${MANIFEST}`);
  const args = /^# args: (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  const valuesOf = (option: string): string[] =>
    args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []));
  const [profile] = valuesOf('--profile');
  return { ...(profile !== undefined && { profile }), place: valuesOf('--place'), files };
}

/** Writes the files of a case into a folder of its own, which goes when the callback is done. */
export async function inFolder<T>({ files }: WrongCase, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-wrong-'));
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
