import { CATALOGUE, type DiagnosticCode } from './catalogue.ts';
import type { ExitCode } from './entry.ts';

const WHOSE: Record<ExitCode, string> = {
  1: 'the input',
  2: 'the command line',
  3: 'the environment',
  70: 'Tenon itself',
};

/** docs/errors.md: one section per code of the catalogue, grouped by room, in the catalogue's order. */
export function errorsPage(): string {
  const codes = Object.keys(CATALOGUE) as DiagnosticCode[];
  const rooms = [...new Set(codes.map(roomOf))];
  const sections = rooms.map((room) => {
    const entries = codes.filter((code) => roomOf(code) === room).map(section);
    return `## ${room}\n\n${entries.join('\n\n')}`;
  });
  return `${HEAD}\n\n${sections.join('\n\n')}\n`;
}

const HEAD = `# Errors

Every problem that Tenon reports has a code, the place where it is, what was expected and what was found, and
what to do next. The codes are stable. The exit code says whose problem it is: 1 the input, 2 the command line,
3 the environment, 70 Tenon itself.

Generated from the catalogue in \`host/src/diagnostics/catalogue/\` by \`npm run docs\`; do not edit.`;

function section(code: DiagnosticCode): string {
  const { title, why, next, severity = 'error', exit } = CATALOGUE[code];
  const whose = severity === 'error' ? `Exit code ${exit}: ${WHOSE[exit]}.` : `A ${severity}.`;
  return `### \`${code}\`\n\n**${sentence(title)}** ${sentence(why)}\n\n*Next:* ${sentence(next)} ${whose}`;
}

/** With a capital at the beginning and a full stop at the end, however the catalogue has it. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}

function roomOf(code: string): string {
  return code.slice(0, code.indexOf('/'));
}
