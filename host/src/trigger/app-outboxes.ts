import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { placeOf } from '../bindings/store/place.ts';
import { ledgerStore } from '../bindings/store/ledger-store.ts';
import { readManifest } from '../build/manifest-text.ts';
import { displayPath } from '../build/places.ts';
import { openOutbox } from '../broker/outbox-open.ts';
import type { OutboxQueue } from '../broker/outbox-queue.ts';
import { unwrap } from '../diagnostics/error.ts';
import { parseManifest } from '../manifest/parse.ts';
import { isGrantProblem, parseGrant } from '../plan/grants.ts';
import { labelsOf, stateFolder, storesOf } from './stores.ts';

export interface AppOutboxesOptions {
  /** The manifest's file. */
  readonly manifest: string;
  readonly profile?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly runtimeConfig?: string | undefined;
}

/** One of an app's outboxes. */
export interface AppOutbox {
  /** The label of a store that lies in the same database; `default` where no store does. */
  readonly label: string;
  readonly queue: OutboxQueue;
}

/** All outboxes that an app may have, whether it runs or not; nothing is built or made. */
export interface AppOutboxes extends AsyncDisposable {
  readonly app: string;
  readonly outboxes: readonly AppOutbox[];
}

/** @throws TenonError what the manifest, or runtime-config.toml, has wrong; `bindings/store-unavailable` */
export async function openAppOutboxes(options: AppOutboxesOptions): Promise<AppOutboxes> {
  const file = resolve(options.manifest);
  const text = await readManifest(file);
  const manifest = unwrap(parseManifest(text, displayPath(file), { profile: options.profile }));
  const stateDir = resolve(options.stateDir ?? stateFolder(file, manifest.name));
  const grants = Object.values(manifest.services)
    .flatMap((service) => service.grants.map(parseGrant))
    .flatMap((grant) => (isGrantProblem(grant) ? [] : [grant]));
  const stores = storesOf(labelsOf({ grants }), {
    stores: manifest.stores,
    manifest: file,
    stateDir,
    runtimeConfig: options.runtimeConfig,
  });
  const places = new Map<string, AppOutbox['label']>();
  const found = [...Object.entries(stores), ['default', ledgerStore({}, stateDir)] as const];
  const outboxes: AppOutbox[] = [];
  for (const [label, store] of found) {
    if (places.has(placeOf(store))) continue;
    places.set(placeOf(store), label);
    // A database that no app has made yet holds nothing, and looking must not make it.
    if (store.type === 'sqlite' && !existsSync(store.path)) continue;
    outboxes.push({ label, queue: await openOutbox(store, manifest.name) });
  }
  return {
    app: manifest.name,
    outboxes,
    async [Symbol.asyncDispose]() {
      await Promise.all(outboxes.map(({ queue }) => queue[Symbol.asyncDispose]()));
    },
  };
}
