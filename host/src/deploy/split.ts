import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem, TenonError } from '../diagnostics/error.ts';
import { listWords } from '../diagnostics/nearest.ts';
import { partOfPlan } from '../plan/part.ts';
import { isBrokered } from '../plan/travel.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import { spinAppOf, type SpinApp } from './spin-app.ts';

/** Units of an app that are a Spin app of their own where the app is split. */
export interface AppPart {
  /** `http`, or the name of its only unit. */
  readonly name: string;
  /** The app's plan with these units alone; its name is still the app's. */
  readonly plan: Plan;
  /** Named after the app and the part: `orders-http`. */
  readonly app: SpinApp;
}

const HTTP = 'http';

/** Names of what stands beside the parts, which would be mixed up with a part called the same. */
const TAKEN: readonly string[] = [HTTP, 'redis', 'mosquitto', 'app'];

/**
 * The parts of an app that only brokers connect. Units that answer HTTP are one part: they share an address, and on
 * Spin only components of one app reach each other under `spin.internal`. Each other unit is a part of its own.
 * See docs/adr/0011.
 *
 * @throws TenonError `deploy/one-part`, `deploy/part-name`
 */
export function splitApp(plan: Plan): readonly AppPart[] {
  const answering = plan.units.filter(answersHttp);
  const others = plan.units.filter((unit) => !answersHttp(unit));
  const parts: readonly (readonly [name: string, units: readonly PlannedUnit[]])[] = [
    ...(answering.length > 0 ? [[HTTP, answering] as const] : []),
    ...others.map((unit) => [unit.name, [unit]] as const),
  ];
  if (parts.length < 2) throw onePart(plan, answering.length > 0);
  const taken = others.filter(({ name }) => TAKEN.includes(name));
  if (taken.length > 0) throw new TenonError(taken.map(({ name }) => takenName(name)));
  return parts.map(([name, units]) => {
    const part = partOfPlan(plan, units);
    return { name, plan: part, app: withUsedVariables(spinAppOf(part, `${plan.name}-${name}`)) };
  });
}

function answersHttp({ triggers }: PlannedUnit): boolean {
  return triggers.some(({ kind }) => kind === 'http');
}

/** Without the variables that only other parts use: nobody should have to give those. */
function withUsedVariables(app: SpinApp): SpinApp {
  const { variables, triggerSettings, triggers, components } = app;
  const templates = JSON.stringify([triggerSettings, triggers, components]);
  const used = new Set(Array.from(templates.matchAll(/\{\{\s*(\w+)\s*\}\}/g), ([, name]) => name));
  return {
    ...app,
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
  };
}

function onePart({ name, units, edges }: Plan, http: boolean): TenonError {
  const inner = edges.find((edge) => !isBrokered(edge));
  return problem(
    'deploy/one-part',
    `\`${name}\` cannot be split: ${http ? 'all of its units answer HTTP' : 'it is one unit'}`,
    {
      where: '--split',
      expected: 'a unit that is reached over a broker alone, beside others',
      found: listWords(
        units.map(({ services }) => services.toReversed().join(' + ')),
        'and',
      ),
      ...(inner && {
        next: `Put an edge over a broker, as \`--place ${inner.importer}.${inner.provider}=mqtt\` or a profile does.`,
      }),
    },
  );
}

function takenName(name: string): Diagnostic {
  return diagnose('deploy/part-name', `a part cannot be called \`${name}\``, {
    where: `service.${name}`,
    expected: `another name than ${listWords(TAKEN, 'and')}`,
    found: `\`${name}\``,
  });
}
