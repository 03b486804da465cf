import { z } from 'zod';
import type { ComponentSyntax } from '../../component/syntax.ts';
import { PLAN_SECTION, type LinkedPlan } from '../plan-section.ts';

const text = z.string();
const Plan = z.object({
  format: z.literal(1),
  root: text,
  instances: z.array(text),
  edges: z.array(z.object({ importer: text, import: text, provider: text, export: text })),
  imports: z.array(text),
  exports: z.array(z.object({ name: text, instance: text, export: text })),
  passes: z.object({
    hoist: z.object({ modules: z.number(), savedBytes: z.number() }).exactOptional(),
    flatten: z.array(z.object({ instance: text, reason: text.exactOptional() })).exactOptional(),
    trim: z
      .array(
        z.object({
          instance: text,
          reason: text.exactOptional(),
          removed: z
            .object({
              modules: z.number(),
              instances: z.number(),
              functions: z.number(),
              imports: z.array(text),
            })
            .exactOptional(),
        }),
      )
      .exactOptional(),
  }),
}) satisfies z.ZodType<LinkedPlan>;

/** How a component says that it was linked; undefined where it says nothing, or nothing that we understand. */
export function readPlan(bytes: Uint8Array, { sections }: ComponentSyntax): LinkedPlan | undefined {
  const custom = sections
    .flatMap(({ definitions }) => definitions)
    .find((one) => one.is === 'custom' && one.name === PLAN_SECTION);
  if (custom?.is !== 'custom') return undefined;
  return Plan.safeParse(parsed(bytes.subarray(custom.start, custom.end))).data;
}

/** It tells people how a component was made; nothing depends on it, so what is malformed is as good as absent. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
