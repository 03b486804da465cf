import { median, quantile } from '../host/src/cli/bench/statistics.ts';
import { writeSpinToml } from '../host/src/deploy/write.ts';
import type { BuiltApp } from '../host/src/build/app.ts';
import { answerOf, type Chain } from './apps/chain.ts';
import { encodeRequest } from './subjects/raw-client.ts';
import { startSpin, type SpinProcess } from './subjects/spin.ts';

/** Of one variant's requests, by depth, µs. */
export interface SpinFigures {
  readonly variant: string;
  readonly p50: ReadonlyMap<number, number>;
  readonly p10: ReadonlyMap<number, number>;
  /** What each service beyond the first adds: the median of what it was in each round, by its medians. */
  readonly further: number;
  readonly samples: number;
}

/** Requests of a door before it is the next one's turn; two more come first and are not counted. */
const TURN = 20;

/**
 * What requests take on the Spin that `SPIN_BIN` names, one connection for each variant: rounds in turn, so that
 * whatever else the machine does falls on all alike. `nothing` are requests that Spin itself answers with 404.
 */
export async function onSpin(
  apps: ReadonlyMap<string, BuiltApp>,
  { door }: Chain,
  depths: readonly number[],
  rounds: number,
): Promise<{ readonly variants: readonly SpinFigures[]; readonly nothing: number }> {
  const spins = new Map<string, SpinProcess>();
  const taken = new Map<string, number[]>();
  const medians = new Map<string, number[]>();
  const take = async (
    key: string,
    spin: SpinProcess,
    uri: string,
    answer: string | undefined,
  ): Promise<void> => {
    const times = taken.get(key) ?? [];
    taken.set(key, times);
    const request = encodeRequest('GET', uri);
    const before = times.length;
    for (let count = -2; count < TURN; count++) {
      const began = performance.now();
      const { status, body } = await spin.client.send(request);
      const took = (performance.now() - began) * 1000;
      const text = Buffer.from(body).toString();
      if (answer !== undefined && (status !== 200 || text !== answer))
        throw new Error(`${uri} answered ${status}: ${text}`);
      if (count >= 0) times.push(took);
    }
    medians.set(key, [...(medians.get(key) ?? []), median(times.slice(before))]);
  };
  try {
    for (const [variant, app] of apps) {
      await writeSpinToml(app);
      spins.set(variant, await startSpin(app.outDir));
    }
    for (let round = 0; round <= rounds; round++) {
      for (const [variant, spin] of spins) {
        for (const depth of depths)
          await take(`${variant} ${depth}`, spin, `/${door(depth)}`, answerOf('ask', depth));
        await take('nothing', spin, '/nothing', undefined);
      }
      // The first round fills caches and pools.
      if (round > 0) continue;
      taken.clear();
      medians.clear();
    }
  } finally {
    for (const spin of spins.values()) await spin[Symbol.asyncDispose]();
  }
  const of = (key: string, q: number): number => quantile(taken.get(key) ?? [], q);
  const [least = 1, most = 1] = [depths[0], depths.at(-1)];
  const variants = [...apps.keys()].map((variant) => ({
    variant,
    further: median(
      (medians.get(`${variant} ${most}`) ?? []).map(
        (one, round) => (one - medians.get(`${variant} ${least}`)![round]!) / (most - least),
      ),
    ),
    p50: new Map(depths.map((depth) => [depth, of(`${variant} ${depth}`, 0.5)])),
    p10: new Map(depths.map((depth) => [depth, of(`${variant} ${depth}`, 0.1)])),
    samples: rounds * TURN,
  }));
  return { variants, nothing: of('nothing', 0.5) };
}
