import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../harness/schema.ts';
import { reportPages } from './pages.ts';

/** Writes REPORT.md and its charts. */
export function writeReport(results: Results, folder: string): void {
  mkdirSync(join(folder, 'charts'), { recursive: true });
  for (const [file, text] of Object.entries(reportPages(results))) writeFileSync(join(folder, file), text);
}
