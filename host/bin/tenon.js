#!/usr/bin/env node
// In the repository the sources run as they are; the published package ships compiled JavaScript,
// because Node refuses to strip types below node_modules.
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/host/src/cli/main.js', import.meta.url);
const source = new URL('../src/cli/main.ts', import.meta.url);
const entry = existsSync(source) ? source : compiled;
const { main } = await import(entry.href);
process.exitCode = await main(process.argv.slice(2));
