import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from '../src/diagnostics/page.ts';
import { manifestPage } from '../src/manifest/page.ts';

/** The pages of docs/ that are generated, by file name; a test fails where the committed one differs. */
export const PAGES: Readonly<Record<string, () => string>> = {
  'errors.md': errorsPage,
  'manifest.md': manifestPage,
};

export const DOCS = join(import.meta.dirname, '../../docs');

if (import.meta.main) {
  for (const [file, page] of Object.entries(PAGES)) writeFileSync(join(DOCS, file), page());
}
