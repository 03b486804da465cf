import { cacheFolder } from '../build/app.ts';
import { openCache } from '../build/cache.ts';
import { loadApp, type LoadedApp, type LoadOptions } from '../build/load.ts';
import { checkServices, writeDeclarations } from '../build/typecheck.ts';
import { TenonError, unwrap } from '../diagnostics/error.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Plan } from '../plan/types.ts';
import { httpRoutes } from '../trigger/http/plan-routes.ts';
import { createRouter } from '../trigger/http/routes.ts';

/** Checks all that can be known of an app without building it. Throws TenonError with what is wrong. */
export async function checkApp(
  options: LoadOptions,
): Promise<{ plan: Plan; warnings: readonly Diagnostic[] }> {
  const app = await loadApp(options);
  const routes = createRouter(httpRoutes(app.plan));
  unwrap(routes);
  const { diagnostics } = await checkServices(app.services, openCache(cacheFolder(options.manifest)));
  if (diagnostics.length > 0) throw new TenonError(diagnostics);
  return { plan: app.plan, warnings: [...app.warnings, ...routes.diagnostics] };
}

/** Writes the declarations of all services that are built here; gives the files, absolute. */
export async function writeTypes(
  options: LoadOptions,
): Promise<{ files: string[]; warnings: LoadedApp['warnings'] }> {
  const app = await loadApp(options);
  const sources = app.services.filter((service) => service.toolchain !== 'prebuilt');
  const files = await Promise.all(sources.map((service) => writeDeclarations(service)));
  return { files: files.flat(), warnings: app.warnings };
}
