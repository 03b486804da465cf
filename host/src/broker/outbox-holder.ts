import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';

/** Holders of this process: their process has not died, whatever else has its number. */
const OWN = new Set<string>();

/** A name for whoever sends, from which others on this machine can tell whether its process still lives. */
export function newHolder(): string {
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  OWN.add(holder);
  return holder;
}

export function forgetHolder(holder: string): void {
  OWN.delete(holder);
}

/** Whether the process of a holder is known to be gone: it was one of this machine, and is no more. */
export function isGone(holder: string): boolean {
  const [host, pid] = holder.split(' ');
  if (host !== hostname() || OWN.has(holder)) return false;
  // The same number, but none of this process's own: an earlier process had it.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
