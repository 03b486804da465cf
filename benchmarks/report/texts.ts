import { FULL } from '../harness/effort.ts';
import type { SuiteName } from '../harness/suite.ts';

/** What each suite does, for whoever reads its tables. */
export const INTRODUCTIONS: Readonly<Record<SuiteName, string>> = {
  hop: `One service calls another: a number (u32), a string of a size, or an order with so many lines. In the rows of
engines one event makes many calls in a loop, the loop included; a sample is a batch of about 2 ms, so their p90 and
p99 tell how batches differ, not single calls, and a request that calls nothing is taken off. In all other rows every
call is a sample. They are plain Node programs, without Tenon: JSON on a kept connection on loopback, TCP_NODELAY on
both ends, the callee in a process of its own, but for Moleculer's local call and for "one way", which is from publish
until the subscriber has worked out the answer, both in one process. CPU is the processor time of all processes that
take part, brokers included, for one call. jco's own glue looks for a debug switch in \`process.env\` at every step, for
which Node asks the system; in the row below it a plain object stands there, as in Tenon's workers.
`,
  chain: `Each service calls the next with a number, the last one answers; the first is asked through the app's own
dispatch, without HTTP. Over MQTT no answer comes back: the time is until the last service has run, each message
through the outbox, which is the default. Memory is what the process has grown by, one worker for each unit, brokers
not counted. On Spin the time is that of an HTTP request on a kept connection.
`,
  event: `\`POST /order\` over HTTP to a server in a process of its own with its default workers, on the same cores as the
client. *Accepted* is until the answer, *fulfilled* until Fulfilment has written the order's status, which with a call
is before the answer and with a message after it. *Open* loads send at fixed times and count from when an order was due,
so that waiting is not left out. With the store stubbed, the services' own reads and writes do nothing: what is left is
HTTP, engines and the edge; over brokers the outbox still writes.
`,
  engine: `Services in a row as above, of which one event calls all. On Wasmtime every event has a new instance, made with
the pooling allocator set as Spin sets it; the times are taken inside that process, through Wasmtime's C API. The first
call, and so the whole event, has in it what the Python binding takes to pass the request: the same for all rows, and
gone from their differences. Node makes instances as new by
a reset where it can, and both ways are shown, through the pool of workers. Cold start on Node is from the start of the
process to the first answer of a built app; on Wasmtime it is loading a component that was compiled before.
`,
  build: `\`tenon build\` of the same chains, types checked, from the start of its process to its end. The first build has an
empty cache. Sizes are those of one unit, and do not vary.
`,
};

export const NOT_TO_CONCLUDE = `## What not to conclude

- A hop's time is not an event's: an order spends most of its time in HTTP, storage and engines, and the suites on
  events tell how much of the hop is left in it.
- One way over a broker is not the same thing as a call: it says nothing of when the work is done, and it lasts where
  a call would fail. Both are shown, for what they are.
- Loopback has no network in it. Between machines every row that has a socket gets worse, the others cannot leave
  their machine.
- Client, server and broker share the cores: rates are not a server's capacity.
- The services do next to nothing. QuickJS interprets: code that computes is slower in it than in Node by a factor
  that none of these tables shows.
- Wasmtime here is not Spin: no HTTP, no host components, one thread.
`;

export const HOW = `## How it was measured

Each case runs in a fresh process each round; every other round runs the cases from last to first, so that a drift of
the machine falls on all of them. Answers are checked before anything is timed, and counted or checked during it.
A process runs for ${FULL.coldMs} ms before its first sample, since engines compile late; then warm-up ends when the medians of two
windows of five samples differ by less than 5 %, or after a limit. The results are
in \`results/\`, and this page and its charts are made from them alone: \`npm run bench -- report <results.json>\`.
\`npm run bench -- compare <a.json> <b.json>\` tells what changed beyond noise.
`;
