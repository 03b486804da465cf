import { parentPort, workerData } from 'node:worker_threads';
import { componentWit } from '@bytecodealliance/jco-transpile/wasm-tools';
import * as fc from 'fast-check';
import { mutate, mutations } from './mutate.ts';
import { outcomeOf } from './outcomes.ts';
import { partsOf } from './parts.ts';

export interface FuzzOrder {
  readonly seeds: readonly Uint8Array[];
  /** What the mutated components are composed with. */
  readonly provider: Uint8Array;
  readonly importer: Uint8Array;
  readonly cases: number;
  readonly seed: number;
  /** Counts cases, so that whoever started this can say at which one it died. */
  readonly progress: Int32Array;
}

export interface FuzzReport {
  readonly decoded: number;
  readonly composed: number;
  /** Compositions whose hostile part is valid to wasm-tools, and how many of them are not so themselves. */
  readonly checked: number;
  readonly invalid: readonly string[];
  /** fast-check's report of a case that came to neither a value nor diagnostics. */
  readonly failure?: string;
}

/** Validation by wasm-tools takes longer than a case; so many of a run are held against it. */
const SAMPLE = 150;

const { seeds, provider, importer, cases, seed, progress } = workerData as FuzzOrder;
const parts = seeds.map(partsOf);
const samples: { readonly hostile: Uint8Array; readonly composed: Uint8Array }[] = [];
let decoded = 0;
let composed = 0;

const checked = fc.check(
  fc.property(mutations, (changes) => {
    Atomics.add(progress, 0, 1);
    const hostile = mutate(parts, changes);
    const outcome = outcomeOf(hostile, provider, importer);
    if (outcome.decoded) decoded++;
    if (!outcome.composed) return;
    composed++;
    if (samples.length < SAMPLE) samples.push({ hostile, composed: outcome.composed });
  }),
  { numRuns: cases, seed },
);
const failure = checked.failed ? fc.defaultReportMessage(checked) : undefined;

const isValid = async (bytes: Uint8Array): Promise<boolean> =>
  componentWit(bytes).then(
    () => true,
    () => false,
  );
const invalid: string[] = [];
let valid = 0;
for (const one of samples) {
  if (!(await isValid(one.hostile))) continue;
  valid++;
  const error: unknown = await componentWit(one.composed).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error) invalid.push(`${String(error)}: ${Buffer.from(one.hostile).toString('hex')}`);
}
const report: FuzzReport = { decoded, composed, checked: valid, invalid, ...(failure && { failure }) };
parentPort?.postMessage(report, []);
