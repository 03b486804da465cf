/* oxlint-disable unicorn/no-unnecessary-await -- what awaiting a plain value does is tested */

/** Programs of async functions and generators, run lowered on the guest's promises and natively on Node's. */

const fails = async (log: string[]): Promise<never> => {
  log.push('fails 1');
  await null;
  throw new Error('fails');
};

async function* counts(log: string[], to: number): AsyncGenerator<number, string> {
  try {
    for (let i = 0; i < to; i++) {
      log.push(`yields ${i}`);
      yield i;
    }
    return 'end';
  } finally {
    log.push('closed');
    await null;
  }
}

export const programs: Record<string, (log: string[]) => Promise<unknown>> = {
  async interleaved(log) {
    const walk = async (name: string, steps: number): Promise<string> => {
      for (let i = 0; i < steps; i++) {
        log.push(`${name} ${i}`);
        await (i % 2 === 0 ? null : Promise.resolve(i));
      }
      return name;
    };
    log.push('before');
    const all = Promise.all([walk('a', 4), walk('b', 3), walk('c', 5)]);
    log.push('after');
    queueMicrotask(() => log.push('microtask'));
    return all;
  },
  async returnsPromise(log) {
    const inner = async (): Promise<string> => Promise.resolve('inner');
    void Promise.resolve()
      .then(() => log.push('1'))
      .then(() => log.push('2'))
      .then(() => log.push('3'))
      .then(() => log.push('4'));
    log.push(await inner());
    return (async () => inner())();
  },
  async catches(log) {
    try {
      await fails(log);
    } catch (error) {
      log.push(`caught ${(error as Error).message}`);
    } finally {
      log.push('finally');
      await null;
    }
    return Promise.allSettled([fails(log), Promise.reject(new Error('x')), 1]).then((all) =>
      all.map((s) => s.status),
    );
  },
  async generators(log) {
    for await (const value of counts(log, 3)) log.push(`got ${value}`);
    for await (const value of counts(log, 3)) {
      log.push(`got ${value}`);
      if (value === 1) break;
    }
    const byHand = counts(log, 2);
    const results = await Promise.all([byHand.next(), byHand.next(), byHand.next(), byHand.next()]);
    for await (const value of [Promise.resolve('p'), 'v']) log.push(value);
    return results;
  },
  async closures(log) {
    const made: (() => Promise<number>)[] = [];
    for (let i = 0; i < 3; i++) {
      made.push(async () => {
        await null;
        return i;
      });
    }
    const object = {
      base: 10,
      async add(...values: number[]) {
        const later = async (): Promise<number> => this.base + values.length + arguments.length;
        return await later();
      },
    };
    log.push(String(await object.add(1, 2)));
    return Promise.all(made.map((make) => make()));
  },
  async thenable(log) {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- it is one
      then(resolve: (value: string) => void) {
        log.push('then');
        resolve('value');
      },
    };
    log.push(await (thenable as PromiseLike<string>));
    return thenable as PromiseLike<string>;
  },
};
