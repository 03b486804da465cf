import type { ListedEntry } from '../broker/outbox-queue.ts';
import { problem } from '../diagnostics/error.ts';
import { openAppOutboxes, type AppOutbox, type AppOutboxes } from '../trigger/app-outboxes.ts';
import type { OutboxOptions } from './commands/outbox.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

/** So many are listed, the oldest. */
const LISTED = 100;

interface NamedEntry extends Omit<ListedEntry, 'id'> {
  /** `17`; with several outboxes `<label>:17`. */
  readonly id: string;
}

/** Shows what waits in an app's outboxes. */
export async function listOutbox(manifest: string, options: OutboxOptions, output: Output): Promise<void> {
  await using opened = await open(manifest, options);
  const { app, outboxes } = opened;
  const entries: NamedEntry[] = [];
  let [length, bytes, running] = [0, 0, false];
  for (const outbox of outboxes) {
    const size = await outbox.queue.size();
    length += size.length;
    bytes += size.bytes;
    running ||= await outbox.queue.isHeld();
    const listed = await outbox.queue.list(LISTED);
    entries.push(...listed.map((entry) => ({ ...entry, id: nameOf(entry.id, outbox, outboxes) })));
  }
  const now = Date.now();
  const oldest = entries.toSorted((a, b) => a.at - b.at).slice(0, LISTED);
  const text = describe({ app, length, bytes, running, entries: oldest }, now, output);
  output.result(output.options.quiet && length === 0 ? '' : text, {
    event: 'outbox',
    app,
    running,
    length,
    bytes,
    ...(oldest[0] && { oldestMs: now - oldest[0].at }),
    entries: oldest.map(({ at, ...entry }) => ({ ...entry, ageMs: now - at })),
  });
}

/** Asks whoever sends to try again at once. */
export async function retryOutbox(manifest: string, options: OutboxOptions, output: Output): Promise<void> {
  await using opened = await open(manifest, options);
  const { app, outboxes } = opened;
  let [length, running] = [0, false];
  for (const { queue } of outboxes) {
    length += (await queue.size()).length;
    running ||= await queue.isHeld();
    await queue.nudge();
  }
  let text = `${app} tries ${messages(length)} again\n`;
  if (length === 0) text = `no message of ${app} waits\n`;
  else if (!running) text = `${app} does not run: it tries ${messages(length)} again when it starts\n`;
  output.result(text, { event: 'retry', app, running, length });
}

/** Removes messages by the ids that `listOutbox` shows, or all. */
export async function dropOutbox(
  manifest: string,
  ids: readonly string[] | 'all',
  options: OutboxOptions,
  output: Output,
): Promise<void> {
  await using opened = await open(manifest, options);
  const { app, outboxes } = opened;
  let dropped = 0;
  const left = new Set(ids === 'all' ? [] : ids);
  for (const outbox of outboxes) {
    if (ids === 'all') {
      dropped += await outbox.queue.clear();
      continue;
    }
    for (const id of ids) {
      const number = Number(/\d+$/.exec(id)?.[0]);
      if (nameOf(number, outbox, outboxes) !== id) continue;
      if ((await outbox.queue.remove([number])) === 0) continue;
      left.delete(id);
      dropped++;
    }
  }
  if (dropped > 0 || left.size === 0)
    output.result(`${messages(dropped)} dropped\n`, { event: 'drop', app, dropped });
  if (left.size > 0) {
    throw problem('cli/no-such-message', `no message ${[...left].join(', ')} waits in the outbox of ${app}`, {
      where: manifest,
      expected: 'an id as `tenon outbox` lists them',
      found: 'no such message',
    });
  }
}

function open(manifest: string, options: OutboxOptions): Promise<AppOutboxes> {
  const { profile, stateDir, runtimeConfigFile } = options;
  return openAppOutboxes({ manifest, profile, stateDir, runtimeConfig: runtimeConfigFile });
}

function nameOf(id: number, { label }: AppOutbox, all: readonly AppOutbox[]): string {
  return all.length > 1 ? `${label}:${id}` : String(id);
}

interface Waiting {
  readonly app: string;
  readonly length: number;
  readonly bytes: number;
  readonly running: boolean;
  readonly entries: readonly NamedEntry[];
}

function describe({ app, length, bytes, running, entries }: Waiting, now: number, { paint }: Output): string {
  if (length === 0) return `no message of ${app} waits\n`;
  const rows = entries.map((entry) => [
    entry.id,
    `${entry.kind} ${entry.topic}`,
    age(now - entry.at),
    size(entry.size),
    String(entry.attempts),
    entry.error ?? '',
  ]);
  const sender = running
    ? 'the app runs, and sends them'
    : 'the app does not run: they are sent when it does';
  const more = length > entries.length ? `… and ${length - entries.length} more\n` : '';
  const heading = ['id', 'topic', 'age', 'size', 'attempts', 'last error'];
  return `${table(`${messages(length)}, ${size(bytes)}`, [heading, ...rows], paint)}${more}${sender}\n`;
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
