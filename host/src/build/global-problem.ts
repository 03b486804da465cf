import { LACKING } from '../../../guest/src/registry.ts';
import { diagnose, type Diagnostic, type DiagnosticDetails } from '../diagnostics/diagnostic.ts';

/** For a global that components lack: with what to use instead where the guest's registry knows the name. */
export function globalProblem(name: string, place: Pick<DiagnosticDetails, 'span' | 'where'>): Diagnostic {
  const advice = adviceFor(name);
  const details = { ...place, found: `\`${name}\`` };
  if (advice === undefined) {
    return diagnose(
      'build/unknown-global',
      `\`${name}\` is not declared, and components have no such global`,
      {
        ...details,
        expected: 'a name that is declared, imported or a global of components',
      },
    );
  }
  return diagnose('build/missing-global', `components have no \`${name}\``, {
    ...details,
    expected: 'globals that the engine or the guest library has',
    next: `${advice[0]!.toUpperCase()}${advice.slice(1)}.`,
  });
}

/** What to use instead of a global that browsers or Node have and components lack; nothing for other names. */
export function adviceFor(name: string): string | undefined {
  return Object.hasOwn(LACKING, name) ? LACKING[name] : undefined;
}
