import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { routeIdentity } from '../manifest/routes.ts';
import type { KeyPath } from '../manifest/spans.ts';
import { at, atService, compareText, serviceNames, type Found, type PlanInput } from './context.ts';
import { handles, HANDLERS } from './handlers.ts';
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
    ...duplicateSources(input, written),
    ...(written.length === 0 ? [noTrigger(input)] : []),
  ];
  const value = written
    .map(({ trigger }) => trigger)
    .filter(({ service }) => Object.hasOwn(input.manifest.services, service));
  return { value: inOrderOfSource(value), problems };
}

/** By kind, source and service. */
export function inOrderOfSource(triggers: readonly PlannedTrigger[]): readonly PlannedTrigger[] {
  return triggers.toSorted((a, b) => compareText(sourceOf(a), sourceOf(b)));
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
  const source = trigger.kind === 'mqtt' ? trigger.topic : trigger.channel;
  return `${trigger.kind} ${source} ${trigger.service} ${trigger.address ?? ''}`;
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
  if (!world || handles(world.world, trigger.kind)) return [];
  const exports = [...world.world.exports.keys()];
  const { name, handler, add } = HANDLERS[trigger.kind];
  return [
    diagnose('plan/no-handler', `\`${service}\` has ${name} trigger, but exports no handler`, {
      span: at(input, [...path, 'service']),
      expected: `an export of \`${handler}\``,
      found: exports.length === 0 ? 'no exports' : listWords(exports, 'and'),
      related: [{ message: `its world is declared in ${world.file}` }],
      next: `Add \`${add}\` to its world, or name another service.`,
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

/** Triggers of messages that would handle each one twice. */
function duplicateSources(input: PlanInput, written: readonly WrittenTrigger[]): readonly Diagnostic[] {
  const first = new Map<string, KeyPath>();
  return written.flatMap(({ trigger, path }) => {
    if (trigger.kind === 'http') return [];
    const identity = sourceOf(trigger);
    const earlier = first.get(identity);
    if (!earlier) {
      first.set(identity, path);
      return [];
    }
    const key = trigger.kind === 'mqtt' ? 'topic' : 'channel';
    const source = trigger.kind === 'mqtt' ? trigger.topic : trigger.channel;
    return [
      diagnose(
        'plan/duplicate-topic',
        `\`${trigger.service}\` has two triggers for the ${key} \`${source}\``,
        {
          span: at(input, [...path, key]),
          expected: `each ${key} once for a service`,
          found: `\`${source}\` twice`,
          related: [{ message: 'the first is here', span: at(input, [...earlier, key]) }],
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
