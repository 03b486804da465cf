import { accessSync, constants } from 'node:fs';
import { tool } from '../../host/test/tools.ts';

/** What a case may need beside Node and what npm installs. */
export type Requirement = 'redis' | 'mosquitto' | 'wasmtime' | 'spin';

/** Why something that a case needs is not there; undefined where it is. */
export function missing(requirement: Requirement): string | undefined {
  switch (requirement) {
    case 'redis':
      return reasonOf('redis-server');
    case 'mosquitto':
      return reasonOf('mosquitto');
    case 'wasmtime':
      return reasonOf('python-wasmtime');
    case 'spin':
      return spinMissing(process.env['SPIN_BIN']);
  }
}

function reasonOf(name: Parameters<typeof tool>[0]): string | undefined {
  const state = tool(name);
  return state.missing ? state.reason.replace(/^ \[skipped: (.*)\]$/, '$1') : undefined;
}

function spinMissing(program: string | undefined): string | undefined {
  if (!program) return 'SPIN_BIN names no Spin binary';
  try {
    accessSync(program, constants.X_OK);
    return undefined;
  } catch {
    return `SPIN_BIN is ${program}, which cannot be run`;
  }
}
