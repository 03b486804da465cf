import { readdirSync, readFileSync } from 'node:fs';

/** ns of processor time that all threads of processes have had; undefined where the system does not tell. */
export function cpuOf(pids: readonly number[]): number | undefined {
  try {
    let sum = 0;
    for (const pid of pids) for (const ns of threadTimes(pid)) sum += ns;
    return sum;
  } catch {
    // No Linux, or a process that has just ended.
    return undefined;
  }
}

function threadTimes(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [ran = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(ran);
  });
}
