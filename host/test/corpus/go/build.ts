import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedBuild } from '../../cached-build.ts';
import { wasmToolsProgram } from '../../wasm-tools.ts';

const run = promisify(execFile);
const [SOURCE, WIT, ADAPTER] = ['labels.go', 'labels.wit', 'wasi_snapshot_preview1.reactor.wasm'].map(
  (name) => join(import.meta.dirname, name),
) as [string, string, string];

/** The file of a component in Go: its compiler makes a module for WASI's first preview, which wasm-tools adapts. */
export async function buildInGo(): Promise<string> {
  return await cachedBuild('labels-in-go', [SOURCE, WIT, ADAPTER], async (output) => {
    const [core, embedded] = [`${output}.core`, `${output}.embedded`];
    const options = ['-buildmode=c-shared', '-trimpath', '-ldflags=-s -w', '-o', core];
    const env = { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GO111MODULE: 'off' };
    await run('go', ['build', ...options, SOURCE], { env });
    const tools = (...args: readonly string[]) => run(wasmToolsProgram(), ['component', ...args]);
    await tools('embed', '-w', 'in-go', WIT, core, '-o', embedded);
    // The adapter needs memory before Go's allocator has been started.
    const adapted = ['--realloc-via-memory-grow', '--adapt', `wasi_snapshot_preview1=${ADAPTER}`];
    await tools('new', ...adapted, embedded, '-o', output);
    await Promise.all([rm(core), rm(embedded)]);
  });
}
