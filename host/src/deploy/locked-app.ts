import type { SpinApp, SpinComponent } from './spin-app.ts';

/** JSON, with the keys in the order in which they are written. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/**
 * Spin's locked app: an app of which everything is known, its components by digest. `digests` are those of the
 * components, `sha256:…`.
 *
 * Source: Spin 3.6.3, crates/locked-app/src/locked.rs, crates/loader/src/local.rs, crates/manifest/src/normalize.rs.
 */
export function lockedApp(app: SpinApp, digests: ReadonlyMap<string, string>): Json {
  const types = [...new Set(app.triggers.map(({ type }) => type))];
  const [onlyType] = types;
  const chaining = app.components.some(chains);
  return {
    // 1 where something in it must be understood.
    spin_lock_version: chaining ? 1 : 0,
    ...(chaining && { must_understand: ['component_host_requirements'] }),
    metadata: {
      name: app.name,
      version: app.version,
      ...(app.description !== undefined && app.description !== '' && { description: app.description }),
      triggers: app.triggerSettings,
      // What older hosts look for.
      ...(onlyType !== undefined &&
        types.length === 1 && { trigger: { ...app.triggerSettings[onlyType], type: onlyType } }),
    },
    ...(Object.keys(app.variables).length > 0 && {
      variables: Object.fromEntries(
        Object.entries(app.variables).map(([name, variable]) => [
          name,
          {
            ...(variable.default !== undefined && { default: variable.default }),
            ...(variable.secret && { secret: true }),
          },
        ]),
      ),
    }),
    triggers: lockedTriggers(app),
    components: app.components.map((component) =>
      lockedComponent(component, digests.get(component.id) ?? ''),
    ),
  };
}

/** Triggers get the names that Spin gives them: of their component and type, or with a number. */
function lockedTriggers({ triggers }: SpinApp): readonly Json[] {
  const taken = new Set<string>();
  const counters = new Map<string, number>();
  return triggers.map(({ type, component, settings }) => {
    let id = `${component}-${type}-trigger`;
    while (taken.has(id)) {
      const count = counters.get(type) ?? 1;
      counters.set(type, count + 1);
      id = `${type}-trigger${count}`;
    }
    taken.add(id);
    return { id, trigger_type: type, trigger_config: { ...settings, component } };
  });
}

function lockedComponent(component: SpinComponent, digest: string): Json {
  const { id, description, allowedOutboundHosts, keyValueStores, environment, variables } = component;
  return {
    id,
    metadata: {
      description,
      ...(allowedOutboundHosts.length > 0 && { allowed_outbound_hosts: allowedOutboundHosts }),
      ...(keyValueStores.length > 0 && { key_value_stores: keyValueStores }),
    },
    source: { content_type: 'application/wasm', digest },
    ...(Object.keys(environment).length > 0 && { env: environment }),
    ...(Object.keys(variables).length > 0 && { config: variables }),
    ...(chains(component) && { host_requirements: { local_service_chaining: 'required' } }),
  };
}

/** Whether a component may call others of the app by `http://<component>.spin.internal`. */
function chains({ allowedOutboundHosts }: SpinComponent): boolean {
  return allowedOutboundHosts.some((host) => /^(https?|\*):\/\/[^/:]+\.spin\.internal(:|\/?$)/.test(host));
}
