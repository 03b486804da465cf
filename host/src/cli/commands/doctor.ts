import { problem } from '../../diagnostics/error.ts';
import type { DefineCommand } from '../command.ts';
import type { Finding } from '../doctor/check.ts';
import type { Output } from '../output.ts';

export const defineDoctor: DefineCommand = (program, context) => {
  program
    .command('doctor')
    .argument('[manifest]', 'the app’s manifest')
    .description('Look at this machine and the app: what is there, what is missing, and what to do about it.')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, _options: object, command) => {
      const output = context.output(command);
      const { checkApp } = await import('../doctor/app.ts');
      const { checkBroker, checkPort } = await import('../doctor/ports.ts');
      const { checkPrograms } = await import('../doctor/programs.ts');
      const findings: readonly Finding[] = [
        { what: 'Node', state: 'ok', found: process.version },
        ...(await checkApp(manifest)),
        await checkPort(3000),
        await checkBroker('MQTT', 1883, 'tenon up starts one of its own where an app needs it.'),
        await checkBroker('Redis', 6379, 'For edges and stores over Redis: start redis-server.'),
        ...(await checkPrograms(output.streams.env)),
      ];
      const problems = findings.filter(({ state }) => state === 'problem');
      output.result(textOf(findings, output), { event: 'result', ok: problems.length === 0, findings });
      if (problems.length > 0) {
        throw problem(
          'cli/doctor',
          `${problems.length} ${problems.length === 1 ? 'thing' : 'things'} will not work`,
          {
            where: problems.map(({ what }) => what).join(', '),
            expected: 'what can be used as it is',
            found: problems.map(({ what, found }) => `${what}: ${found}`).join('; '),
            next: problems.map(({ fix }) => fix).join(' '),
          },
        );
      }
    });
};

const MARKS = { ok: ['green', 'ok'], absent: ['yellow', '–'], problem: ['red', 'no'] } as const;

function textOf(findings: readonly Finding[], { paint }: Output): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, found, fix }) => {
    const [style, mark] = MARKS[state];
    const line = `  ${paint(style, mark.padEnd(2))}  ${what.padEnd(width)}  ${found}`;
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 8)}${paint('dim', fix)}`];
  });
  return `${lines.join('\n')}\n`;
}

const EXAMPLES = `
Examples:
  tenon doctor                   this machine, and the only app of this folder
  tenon doctor --json | jq .ok   for scripts

What is marked with – is only needed for some things, and the line below says for which.`;
