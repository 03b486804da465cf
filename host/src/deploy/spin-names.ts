import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import type { SpinApp } from './spin-app.ts';
import type { Plan } from '../plan/types.ts';

/** Words that begin with a letter and are all lower case, joined by hyphens, or by underscores. */
const LOWER_KEBAB = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
const LOWER_SNAKE = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/;
/** Stores may have words in upper case too, each all in one case. */
const KEBAB = /^([a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(-([a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*$/;
const SNAKE = /^([a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(_([a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*$/;

/**
 * What a plan may have but Spin cannot run: names that its manifest does not take, and MQTT triggers with
 * different brokers, for which its MQTT trigger has no place.
 *
 * Source: Spin 3.6.3, crates/serde/src/id.rs; spin-trigger-mqtt 0.7.
 */
export function spinProblems(plan: Plan, app: SpinApp): readonly Diagnostic[] {
  const name = (what: string, found: string, where: string, expected: string, rename: string): Diagnostic =>
    diagnose('deploy/spin-name', `Spin cannot take \`${found}\` as the name of a ${what}`, {
      where,
      expected,
      found: `\`${found}\``,
      next: `Rename it in the manifest, for example to \`${rename}\`.`,
    });
  const stores = new Set(app.components.flatMap(({ keyValueStores }) => keyValueStores));
  return [
    ...app.components.flatMap(({ id }) =>
      LOWER_KEBAB.test(id)
        ? []
        : [
            name(
              'component',
              id,
              `service.${id}`,
              'words joined by hyphens, each beginning with a letter',
              id.replaceAll(/-(?=\d)/g, ''),
            ),
          ],
    ),
    ...Object.keys(app.variables).flatMap((variable) =>
      LOWER_SNAKE.test(variable)
        ? []
        : [
            name(
              'variable',
              variable,
              `variables.${variable}`,
              'words joined by underscores, each beginning with a letter',
              variable.replaceAll(/_(?=\d)/g, ''),
            ),
          ],
    ),
    ...[...stores].flatMap((label) =>
      KEBAB.test(label) || SNAKE.test(label)
        ? []
        : [
            name(
              'key-value store',
              label,
              `the grant key-value:${label}`,
              'words joined by hyphens or by underscores, not both, each beginning with a letter and all in one case',
              `store-${label
                .toLowerCase()
                .replaceAll(/[^a-z]+/g, '-')
                .replaceAll(/^-|-$/g, '')}`.replace(/-$/, ''),
            ),
          ],
    ),
    ...mqttBrokers(plan),
  ];
}

function mqttBrokers(plan: Plan): readonly Diagnostic[] {
  const triggers = plan.units.flatMap((unit) => unit.triggers.filter((trigger) => trigger.kind === 'mqtt'));
  const addresses = [...new Set(triggers.map(({ address }) => address ?? '{{ mqtt_address }}'))];
  if (addresses.length < 2) return [];
  return [
    diagnose('deploy/mqtt-brokers', 'Spin has one MQTT broker for all MQTT triggers of an app', {
      where: `the triggers of ${listWords([...new Set(triggers.map(({ topic }) => topic))], 'and')}`,
      expected: 'the same `address` for all of them, or none',
      found: listWords(addresses, 'and'),
    }),
  ];
}
