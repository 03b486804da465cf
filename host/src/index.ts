/** Tenon as a library: what the command line does, as functions. */
export { buildApp, type BuildEvent, type BuildOptions, type BuiltApp, type BuiltUnit } from './build/app.ts';
export { startApp, type AppLog, type RunningApp, type StartOptions } from './trigger/app.ts';
export {
  compose,
  type ComposeInput,
  type ComposeOptions,
  type Composition,
  type CompositionGraph,
} from './link/compose.ts';
export { diff, type Comparison, type Difference } from './link/diff.ts';
export {
  inspect,
  type InspectedExtern,
  type InspectedPart,
  type InspectedWire,
  type Inspection,
  type PoolUse,
} from './link/inspect/inspect.ts';
export type { Producer, Sizes } from './link/inspect/modules.ts';
export type { GivenEdge } from './link/given.ts';
export type { LinkEdge, LinkExport } from './link/graph.ts';
export type { LinkedPlan } from './link/plan-section.ts';
export type { LinkNote } from './link/link.ts';
export type { Result } from './diagnostics/result.ts';
export type { Diagnostic, Severity, SourceSpan } from './diagnostics/diagnostic.ts';
export type { DiagnosticCode } from './diagnostics/catalogue.ts';
export { TenonError } from './diagnostics/error.ts';
export { renderDiagnostics, type RenderOptions } from './diagnostics/render.ts';
export type { EventOutcome, HttpRequest, HttpResponse, UnitEvent, UnitStats } from './runtime/types.ts';
export type {
  Grant,
  Placement,
  Plan,
  PlannedEdge,
  PlannedService,
  PlannedTrigger,
  PlannedUnit,
} from './plan/types.ts';
