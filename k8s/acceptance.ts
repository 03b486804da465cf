/**
 * The ordering app's acceptance test against any deployment: posts an order and follows its link until it is
 * fulfilled. `npm run acceptance -- http://host:port`
 */
const DEADLINE_MS = 30_000;
const PAUSE_MS = 100;

interface Task {
  readonly href: string;
  readonly id: number;
  readonly status: string;
}

/** Places an order and waits for it; returns what was seen. Throws with what was expected and found. */
export async function accept(base: string, deadline = DEADLINE_MS): Promise<readonly string[]> {
  const seen: string[] = [];
  const posted = await fetch(new URL('/order', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ details: 'your order' }),
  });
  const text = await posted.text();
  if (posted.status !== 202)
    throw new Error(`POST /order: expected 202, found ${posted.status}: ${text.slice(0, 200)}`);
  const { task } = JSON.parse(text) as { task: Task };
  seen.push(`202 ${text.trim()}`);
  const until = performance.now() + deadline;
  let last = '';
  while (performance.now() < until) {
    const answer = await fetch(new URL(task.href, base));
    const body = await answer.text();
    const now = `${answer.status} ${body.trim()}`;
    if (now !== last) seen.push(now);
    last = now;
    // Over a broker the order may not be there yet.
    const status = answer.status === 200 ? (JSON.parse(body) as { status: string }).status : 'none';
    if (status === 'fulfilled') return seen;
    if (status === 'rejected') throw new Error(`${task.href}: expected "fulfilled", found "rejected"`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${task.href}: expected "fulfilled" within ${deadline / 1000} s, found ${last}`);
}

if (import.meta.main) {
  const [base] = process.argv.slice(2);
  if (base === undefined || !URL.canParse(base)) {
    process.stderr.write('usage: npm run acceptance -- http://127.0.0.1:3000\n');
    process.exit(2);
  }
  try {
    process.stdout.write(`${(await accept(base)).join('\n')}\naccepted\n`);
  } catch (error) {
    const { message, cause } = error as Error;
    process.stderr.write(
      `not accepted: ${cause instanceof Error ? `${message}: ${cause.message}` : message}\n`,
    );
    process.exit(1);
  }
}
