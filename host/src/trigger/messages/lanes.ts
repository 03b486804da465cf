/**
 * Runs jobs, no more than `limit` at once. Those of one lane run one after the other, in the order in which they
 * came; those without a lane as soon as there is room.
 */
export class Lanes<Job> {
  readonly #limit: number;
  readonly #run: (job: Job) => Promise<void>;
  /** Jobs that could start now, but for the limit: at most one of each lane. */
  readonly #startable: { readonly lane: string | undefined; readonly job: Job }[] = [];
  /** By lane with a job that runs or could start: those behind it. */
  readonly #behind = new Map<string, Job[]>();
  #running = 0;
  #waiting = 0;

  constructor(limit: number, run: (job: Job) => Promise<void>) {
    this.#limit = limit;
    this.#run = run;
  }

  get running(): number {
    return this.#running;
  }

  /** Jobs that have not started. */
  get waiting(): number {
    return this.#waiting;
  }

  add(job: Job, lane?: string): void {
    this.#waiting++;
    const behind = lane === undefined ? undefined : this.#behind.get(lane);
    if (behind) {
      behind.push(job);
      return;
    }
    if (lane !== undefined) this.#behind.set(lane, []);
    this.#startable.push({ lane, job });
    this.#start();
  }

  /** Takes out all that have not started, in order within each lane. */
  clear(): Job[] {
    const startable = this.#startable.splice(0);
    const jobs = [...startable.map(({ job }) => job), ...[...this.#behind.values()].flat()];
    for (const behind of this.#behind.values()) behind.length = 0;
    for (const { lane } of startable) if (lane !== undefined) this.#behind.delete(lane);
    this.#waiting = 0;
    return jobs;
  }

  #start(): void {
    while (this.#running < this.#limit) {
      const next = this.#startable.shift();
      if (!next) return;
      this.#running++;
      this.#waiting--;
      void this.#run(next.job).finally(() => this.#ended(next.lane));
    }
  }

  #ended(lane: string | undefined): void {
    this.#running--;
    if (lane !== undefined) {
      const next = this.#behind.get(lane)?.shift();
      if (next === undefined) this.#behind.delete(lane);
      else this.#startable.push({ lane, job: next });
    }
    this.#start();
  }
}
