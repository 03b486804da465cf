import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isWritten } from '../manifest/document.ts';
import { at, atService, type PlanInput } from './context.ts';
import { handles, HANDLERS } from './handlers.ts';
import { placeOfKey, placeOfPlacement } from './placed.ts';
import type { PlannedEdge, PlannedSend, PlannedTrigger, PlannedUnit } from './types.ts';

/** Units in which messages of different kinds would meet on one topic, or two handlers in one component. */
export function checkRoutes(input: PlanInput, units: readonly PlannedUnit[]): readonly Diagnostic[] {
  const triggers = units.flatMap((unit) => unit.triggers);
  const found = units.flatMap((unit) => [
    ...twoHandlers(input, unit, units),
    ...twoDeliveries(input, unit),
    ...unit.sends.flatMap((send) => copiesAsCalls(input, unit, send, triggers)),
    ...unit.triggers.flatMap((trigger) => deadLettersAsCalls(input, units, trigger, triggers)),
  ]);
  // Several triggers of an edge, or several units, may have the same to say.
  return [...new Map(found.map((one) => [one.message, one])).values()];
}

/** A provider of broker edges whose own handler would be hidden by the generated one. */
function twoHandlers(
  input: PlanInput,
  unit: PlannedUnit,
  units: readonly PlannedUnit[],
): readonly Diagnostic[] {
  const world = input.worlds.get(unit.root)?.world;
  return (['mqtt', 'redis'] as const).flatMap((kind) => {
    const edge = units
      .flatMap((one) => one.edges)
      .find(({ provider, placement }) => provider === unit.root && placement === kind);
    if (!edge || !world || !handles(world, kind)) return [];
    const { handler } = HANDLERS[kind];
    return [
      diagnose(
        'plan/two-handlers',
        `\`${unit.root}\` would have two handlers of ${kind === 'mqtt' ? 'MQTT' : 'Redis'} messages`,
        {
          ...placeOfPlacement(input, edge),
          expected: 'one handler: its own, or the one that is made for the calls of an edge',
          found: `an export of \`${handler}\`, and the edge \`${edge.importer}.${edge.provider}\` over \`${kind}\``,
          related: [{ message: `\`${unit.root}\` is defined here`, span: atService(input, unit.root) }],
        },
      ),
    ];
  });
}

/** Sends of one unit on one topic that should leave in different ways: the host tells them apart by topic. */
function twoDeliveries(input: PlanInput, unit: PlannedUnit): readonly Diagnostic[] {
  const first = new Map<string, PlannedSend>();
  return unit.sends.flatMap((send) => {
    const route = JSON.stringify([send.kind, send.topic, send.address ?? '']);
    const before = first.get(route);
    if (!before) {
      first.set(route, send);
      return [];
    }
    if (before.delivery === send.delivery) return [];
    const found = [before, send].map(
      (one) =>
        `\`${one.delivery}\` for ${one.purpose === 'tee' ? 'copies of calls' : 'calls'} of \`${one.provider}\` by \`${one.importer}\``,
    );
    return [
      diagnose(
        'plan/topic-conflict',
        `messages on \`${send.topic}\` would leave \`${unit.name}\` in two ways`,
        {
          ...placeOfSend(input, unit, send),
          expected: 'one way for all messages of a unit on a topic',
          found: found.join(' and '),
          next: 'Give one of them a topic of its own, or the same `delivery` and `qos`.',
        },
      ),
    ];
  });
}

/** A tee whose copies would be handled as calls. */
function copiesAsCalls(
  input: PlanInput,
  unit: PlannedUnit,
  send: PlannedSend,
  triggers: readonly PlannedTrigger[],
): readonly Diagnostic[] {
  if (send.purpose !== 'tee') return [];
  const trigger = takerOf(send, triggers);
  const [call] = (trigger?.kind === 'http' ? undefined : trigger?.carries) ?? [];
  if (!trigger || !call) return [];
  return [
    diagnose(
      'plan/topic-conflict',
      `copies on \`${send.topic}\` would be handled as calls of \`${trigger.service}\``,
      {
        ...placeOfSend(input, unit, send),
        expected: 'a topic of its own for the copies',
        found: `\`${send.topic}\`, on which \`${call.importer}\` calls \`${trigger.service}\``,
        next: 'Give the tee another topic.',
      },
    ),
  ];
}

/** A trigger whose dead letters would be handled as calls, its own or those of another edge. */
function deadLettersAsCalls(
  input: PlanInput,
  units: readonly PlannedUnit[],
  trigger: PlannedTrigger,
  triggers: readonly PlannedTrigger[],
): readonly Diagnostic[] {
  if (trigger.kind === 'http') return [];
  const { kind, address, deadLetter, service, carries } = trigger;
  const taker = takerOf({ kind, topic: deadLetter, ...(address !== undefined && { address }) }, triggers);
  if (!taker) return [];
  const edge = units
    .flatMap((unit) => unit.edges)
    .find(({ importer, provider }) => provider === service && importer === carries?.[0]?.importer);
  return [
    diagnose(
      'plan/topic-conflict',
      `dead letters of \`${service}\` on \`${deadLetter}\` would be handled as calls of \`${taker.service}\``,
      {
        ...(edge ? placeOfKey(input, edge, 'dead_letter') : { span: atService(input, service) }),
        expected: 'a dead letter that carries no calls',
        found: `\`${deadLetter}\``,
        next: 'Write another `dead_letter`.',
      },
    ),
  ];
}

/** The trigger made for edges that takes what is published to a topic. */
function takerOf(
  { kind, topic, address }: Pick<PlannedSend, 'kind' | 'topic' | 'address'>,
  triggers: readonly PlannedTrigger[],
): PlannedTrigger | undefined {
  return triggers.find(
    (one) =>
      one.kind === kind &&
      one.carries !== undefined &&
      one.address === address &&
      (one.kind === 'mqtt' ? one.topic : one.channel) === topic,
  );
}

function placeOfSend(
  input: PlanInput,
  { edges }: PlannedUnit,
  send: PlannedSend,
): Pick<Diagnostic, 'span' | 'where'> {
  const path = ['edge', send.importer, send.provider, 'tee'];
  if (send.purpose === 'tee' && isWritten(input.variant, path)) return { span: at(input, path, 'key') };
  const edge = edges.find(
    (one): one is PlannedEdge => one.importer === send.importer && one.provider === send.provider,
  );
  return edge ? placeOfKey(input, edge, send.kind === 'mqtt' ? 'topic' : 'channel') : {};
}
