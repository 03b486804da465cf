import type { StoreConfig } from '../bindings/config.ts';
import { placeName } from '../bindings/store/place.ts';
import { problem } from '../diagnostics/error.ts';
import type { OutboxQueue } from './outbox-queue.ts';

/**
 * Opens the outbox of an app where its store is.
 *
 * @throws TenonError `bindings/store-unavailable`
 */
export async function openOutbox(store: StoreConfig, app: string): Promise<OutboxQueue> {
  try {
    if (store.type === 'redis') {
      const { openRedisOutbox } = await import('./outbox-redis.ts');
      return openRedisOutbox(store.url, app);
    }
    const { openSqliteOutbox } = await import('./outbox-sqlite.ts');
    return await openSqliteOutbox(store.path, app);
  } catch (error) {
    throw problem('bindings/store-unavailable', `the outbox cannot be opened: ${(error as Error).message}`, {
      where: placeName(store),
      cause: error,
    });
  }
}
