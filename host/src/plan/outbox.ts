import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import type { StoreSettings } from '../manifest/types.ts';
import { isWritten } from '../manifest/document.ts';
import { at, atService, type PlanInput } from './context.ts';
import { placeOfPlacement } from './placed.ts';
import type { PlannedEdge, PlannedSend, PlannedUnit } from './types.ts';

/**
 * Units whose outbox cannot share a transaction with their data: an event's messages are written with what it
 * stores, so all labels of the unit that commit together must lie in one store.
 */
export function checkOutboxes(input: PlanInput, units: readonly PlannedUnit[]): readonly Diagnostic[] {
  return units.flatMap((unit) => {
    const send = unit.sends.find(({ delivery }) => delivery === 'outbox');
    return send ? checkOutbox(input, unit, send) : [];
  });
}

function checkOutbox(input: PlanInput, unit: PlannedUnit, send: PlannedSend): readonly Diagnostic[] {
  // Labels with `atomic = false` take part in no commit.
  const labels = unit.grants.flatMap((grant) =>
    grant.kind === 'key-value' && input.manifest.stores[grant.label]?.atomic !== false ? [grant.label] : [],
  );
  const edge = unit.edges.find(
    ({ importer, provider, contract }) =>
      importer === send.importer && provider === send.provider && contract === send.contract,
  );
  if (!edge) return [];
  const place = (label: string): NonNullable<Diagnostic['related']>[number] => ({
    message: `the store \`${label}\``,
    span: isWritten(input.variant, ['store', label])
      ? at(input, ['store', label], 'key')
      : atService(input, unit.root),
  });
  const stores = [...new Map(labels.map((label) => [storeOf(input.manifest.stores[label]), label]))];
  if (stores.length <= 1) return [];
  return [
    diagnose(
      'plan/outbox-apart',
      `${subject(send)} leave with the commit of \`${unit.name}\`, whose data lies in several stores`,
      {
        ...sendPlace(input, edge, send),
        expected: `one store for ${listWords(labels, 'and')}, which holds the outbox too`,
        found: stores.map(([store]) => store).join(' and '),
        related: stores.map(([, label]) => place(label)),
        next: `${wayOut(send)}, or let the labels lie in one store.`,
      },
    ),
  ];
}

function sendPlace(
  input: PlanInput,
  edge: PlannedEdge,
  { purpose }: PlannedSend,
): Pick<Diagnostic, 'span' | 'where'> {
  return purpose === 'tee'
    ? { span: at(input, ['edge', edge.importer, edge.provider, 'tee'], 'key') }
    : placeOfPlacement(input, edge);
}

function subject({ purpose, importer, provider }: PlannedSend): string {
  return purpose === 'tee'
    ? `copies of calls of \`${provider}\` by \`${importer}\``
    : `calls of \`${provider}\` by \`${importer}\``;
}

function wayOut({ purpose, kind, importer, provider }: PlannedSend): string {
  if (purpose === 'edge') return `Write \`delivery = "direct"\` in \`[edge.${importer}.${provider}]\``;
  return kind === 'mqtt' ? 'Write `qos = 0` in the tee' : 'Write `required = true` in the tee';
}

/** What of a label's settings says where its data lies. */
function storeOf(settings: StoreSettings | undefined): string {
  if (settings?.type === 'redis') return settings.url ?? 'Redis';
  return settings?.path?.replace(/^(\.\/)+/, '') ?? 'the default store';
}
