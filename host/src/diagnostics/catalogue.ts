import { BINDINGS } from './catalogue/bindings.ts';
import { BROKER } from './catalogue/broker.ts';
import { BUILD } from './catalogue/build.ts';
import { CLI } from './catalogue/cli.ts';
import { COMPONENT } from './catalogue/component.ts';
import { CONTRACT } from './catalogue/contract.ts';
import { DEPLOY } from './catalogue/deploy.ts';
import { LINK } from './catalogue/link.ts';
import { MANIFEST } from './catalogue/manifest.ts';
import { PLAN } from './catalogue/plan.ts';
import { RUNTIME } from './catalogue/runtime.ts';
import { TRIGGER } from './catalogue/trigger.ts';
import type { CatalogueEntry } from './entry.ts';

const ALL = {
  ...COMPONENT,
  ...CONTRACT,
  ...MANIFEST,
  ...PLAN,
  ...LINK,
  ...BUILD,
  ...BINDINGS,
  ...BROKER,
  ...RUNTIME,
  ...TRIGGER,
  ...DEPLOY,
  ...CLI,
} as const;

/** `room/what`: stable, documented in docs/errors.md. */
export type DiagnosticCode = keyof typeof ALL;

export const CATALOGUE: Readonly<Record<DiagnosticCode, CatalogueEntry>> = ALL;
