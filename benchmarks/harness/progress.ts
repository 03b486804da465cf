/** Says on standard error how far a run is, so that standard output has the result alone. */
export interface Progress {
  begin(suite: string, steps: number): void;
  prepared(): void;
  step(round: number, label: string): void;
  end(): void;
}

export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  let suite = '';
  let steps = 0;
  let done = 0;
  let began = 0;
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const say = (text: string): void => {
    if (!quiet) stream.write(`${text}\n`);
  };
  return {
    begin(name, count) {
      [suite, steps, done, began] = [name, count, 0, performance.now()];
      say(`${suite}: building what it needs`);
    },
    prepared: () => say(`${suite}: built after ${seconds()}`),
    step: (round, label) => say(`${suite} ${++done}/${steps}, round ${round + 1}: ${label}`),
    end: () => say(`${suite}: done after ${seconds()}`),
  };
}
