import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { routeIdentity } from '../manifest/routes.ts';
import type { KeyPath } from '../manifest/spans.ts';
import { at, atService, compareText, serviceNames, type Found, type PlanInput } from './context.ts';
import { HTTP_HANDLER } from './host-interfaces.ts';
import type { MessageTrigger, PlannedTrigger } from './types.ts';

interface WrittenTrigger {
  readonly trigger: PlannedTrigger;
  readonly path: KeyPath;
}

/** The triggers whose service is there, in the order of kind and source. */
export function readTriggers(input: PlanInput): Found<readonly PlannedTrigger[]> {
  const { http, mqtt, redis } = input.manifest.triggers;
  const written: readonly WrittenTrigger[] = [
    ...http.map((trigger, position) => ({
      trigger: { kind: 'http' as const, ...trigger },
      path: ['trigger', 'http', position],
    })),
    ...mqtt.map((trigger, position) => ({
      trigger: { kind: 'mqtt' as const, ...trigger, ...messageDefaults(trigger, trigger.topic) },
      path: ['trigger', 'mqtt', position],
    })),
    ...redis.map((trigger, position) => ({
      trigger: { kind: 'redis' as const, ...trigger, ...messageDefaults(trigger, trigger.channel) },
      path: ['trigger', 'redis', position],
    })),
  ];
  const problems = [
    ...written.flatMap((item) => checkService(input, item)),
    ...duplicateRoutes(input, written),
    ...(written.length === 0 ? [noTrigger(input)] : []),
  ];
  const value = written
    .map(({ trigger }) => trigger)
    .filter(({ service }) => Object.hasOwn(input.manifest.services, service))
    .toSorted((a, b) => compareText(sourceOf(a), sourceOf(b)));
  return { value, problems };
}

/** What holds where the manifest says nothing. */
function messageDefaults(
  { deadLetter }: { readonly deadLetter?: string },
  source: string,
): Pick<MessageTrigger, 'deadLetter' | 'claim'> {
  return { deadLetter: deadLetter ?? `${source}/dead`, claim: OWN_ID };
}

/** Where Tenon's own messages carry their id. */
const OWN_ID = '_tenon.id';

function sourceOf(trigger: PlannedTrigger): string {
  if (trigger.kind === 'http') return `http ${trigger.route}`;
  return trigger.kind === 'mqtt'
    ? `mqtt ${trigger.topic} ${trigger.service}`
    : `redis ${trigger.channel} ${trigger.service}`;
}

function checkService(input: PlanInput, { trigger, path }: WrittenTrigger): readonly Diagnostic[] {
  const { service } = trigger;
  const services = serviceNames(input.manifest);
  if (!services.includes(service)) {
    const guess = nearest(service, services);
    return [
      diagnose(
        'plan/unknown-service',
        `a trigger names the service \`${service}\`, which the manifest does not have`,
        {
          span: at(input, [...path, 'service']),
          expected: services.length === 0 ? 'a service; the manifest has none' : listWords(services),
          found: `\`${service}\``,
          next: guess && `Did you mean \`${guess}\`?`,
        },
      ),
    ];
  }
  const world = input.worlds.get(service);
  if (trigger.kind !== 'http' || !world || world.world.exports.has(HTTP_HANDLER)) return [];
  const exports = [...world.world.exports.keys()];
  return [
    diagnose('plan/no-handler', `\`${service}\` has an HTTP trigger, but exports no handler`, {
      span: at(input, [...path, 'service']),
      expected: `an export of \`${HTTP_HANDLER}\``,
      found: exports.length === 0 ? 'no exports' : listWords(exports, 'and'),
      related: [{ message: `its world is declared in ${world.file}` }],
    }),
  ];
}

function duplicateRoutes(input: PlanInput, written: readonly WrittenTrigger[]): readonly Diagnostic[] {
  const first = new Map<string, { route: string; path: KeyPath }>();
  return written.flatMap(({ trigger, path }) => {
    if (trigger.kind !== 'http') return [];
    const { route } = trigger;
    const earlier = first.get(routeIdentity(route));
    if (!earlier) {
      first.set(routeIdentity(route), { route, path });
      return [];
    }
    const same = earlier.route === route;
    return [
      diagnose(
        'plan/duplicate-route',
        same
          ? `the route \`${route}\` is there twice`
          : `\`${route}\` and \`${earlier.route}\` are the same route`,
        {
          span: at(input, [...path, 'route']),
          expected: 'each route once',
          found: `\`${route}\`, which matches the same paths as \`${earlier.route}\``,
          related: [{ message: 'the first is here', span: at(input, [...earlier.path, 'route']) }],
        },
      ),
    ];
  });
}

function noTrigger(input: PlanInput): Diagnostic {
  const [service] = serviceNames(input.manifest);
  return diagnose('plan/no-trigger', 'nothing starts this app: it has no trigger', {
    span: service === undefined ? at(input, ['name'], 'key') : atService(input, service),
    expected: 'at least one `[[trigger.http]]`',
    found: 'no trigger',
    next: service && `Add \`[[trigger.http]]\` with \`route = "/..."\` and \`service = "${service}"\`.`,
  });
}
