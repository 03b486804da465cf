import { problem } from '../../diagnostics/error.ts';
import type { Grant } from '../../plan/types.ts';
import type { Binding, EventContext } from '../binding.ts';
import { absentResource } from './absent.ts';
import { createClocks } from './clocks.ts';
import { withGrant } from './grant.ts';
import { createIo } from './io.ts';
import { LineWriter } from './line-writer.ts';
import { RANDOM } from './random.ts';
import { waitUntil } from './wait.ts';

/** The version that is offered; the runtime gives it to whatever asks for one of the same track (0.2). */
const VERSION = '0.2.12';

export interface WasiOptions {
  readonly grants: readonly Grant[];
  readonly environment: Readonly<Record<string, string>>;
  readonly line: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** The WASI 0.2 command world without files and sockets: what toolchains import by themselves. */
export function createWasiBinding(options: WasiOptions): Binding {
  const { grants, environment, line } = options;
  let event: EventContext | undefined;
  const io = createIo((until) => waitUntil(until, event));
  const clocks = createClocks((readyAt) => new io.Pollable(readyAt, (until) => waitUntil(until, event)));
  const stdout = new LineWriter((text) => line('stdout', text));
  const stderr = new LineWriter((text) => line('stderr', text));
  const granted = (kind: Grant['kind'], name: string, members: Record<string, unknown>) =>
    [`wasi:${name}@${VERSION}`, withGrant(grants, kind, `wasi:${name}@${VERSION}`, members)] as const;
  const free = (name: string, members: Record<string, unknown>) =>
    [`wasi:${name}@${VERSION}`, members] as const;

  const end = (): void => {
    stdout.end();
    stderr.end();
  };
  return {
    imports: Object.fromEntries([
      free('io/error', { Error: io.IoError }),
      free('io/poll', { Pollable: io.Pollable, poll: io.poll }),
      free('io/streams', { InputStream: io.InputStream, OutputStream: io.OutputStream }),
      granted('clocks', 'clocks/monotonic-clock', clocks.monotonic),
      granted('clocks', 'clocks/wall-clock', clocks.wall),
      granted('random', 'random/random', RANDOM.random),
      granted('random', 'random/insecure', RANDOM.insecure),
      granted('random', 'random/insecure-seed', RANDOM.insecureSeed),
      // Without the grant it is empty, instead of a trap: what panics asks for it first, and its message would be lost.
      free('cli/environment', {
        getEnvironment: () =>
          grants.some(({ kind }) => kind === 'environment') ? Object.entries(environment) : [],
        getArguments: () => [],
        initialCwd: () => undefined,
      }),
      granted('stdio', 'cli/stdin', { getStdin: () => new io.InputStream() }),
      granted('stdio', 'cli/stdout', {
        getStdout: () => new io.OutputStream((bytes) => stdout.write(bytes)),
      }),
      granted('stdio', 'cli/stderr', {
        getStderr: () => new io.OutputStream((bytes) => stderr.write(bytes)),
      }),
      free('cli/exit', { exit: exitWithResult, exitWithCode }),
      free('cli/terminal-input', { TerminalInput: absentResource('TerminalInput') }),
      free('cli/terminal-output', { TerminalOutput: absentResource('TerminalOutput') }),
      free('cli/terminal-stdin', { getTerminalStdin: () => undefined }),
      free('cli/terminal-stdout', { getTerminalStdout: () => undefined }),
      free('cli/terminal-stderr', { getTerminalStderr: () => undefined }),
      // No folder is ever opened, so no descriptor ever exists whose functions could be called.
      free('filesystem/preopens', { getDirectories: () => [] }),
      free('filesystem/types', {
        Descriptor: absentResource('Descriptor'),
        DirectoryEntryStream: absentResource('DirectoryEntryStream'),
        filesystemErrorCode: () => undefined,
      }),
    ]),
    begin(context) {
      event = context;
      stdout.begin();
      stderr.begin();
    },
    commit() {
      end();
      return { kind: 'committed' };
    },
    abort: end,
  };
}

function exitWithResult(status: { readonly tag: 'ok' | 'err' }): never {
  exitWithCode(status.tag === 'ok' ? 0 : 1);
}

function exitWithCode(code: number): never {
  throw problem('bindings/guest-exit', `the service called exit with status ${code}`);
}
