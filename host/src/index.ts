/** Tenon as a library: what the command line does, as functions. */
export { buildApp, type BuildEvent, type BuildOptions, type BuiltApp, type BuiltUnit } from './build/app.ts';
export { startApp, type AppLog, type RunningApp, type StartOptions } from './trigger/app.ts';
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
