/**
 * Composes the components named on the command line once, in a process of its own, and prints by how many bytes its
 * memory grew at most meanwhile; `--no-flatten` first leaves that pass out.
 */
import { readFileSync } from 'node:fs';
import { compose } from '../host/src/link/compose.ts';

const [first, ...more] = process.argv.slice(2);
const flatten = first !== '--no-flatten';
const files = flatten ? [first!, ...more] : more;
const inputs = files.map((file, at) => ({ name: `s${at}`, bytes: readFileSync(file) }));
const before = process.memoryUsage().rss;
const result = compose(inputs, { flatten });
if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
process.stdout.write(`${process.resourceUsage().maxRSS * 1024 - before}\n`);
