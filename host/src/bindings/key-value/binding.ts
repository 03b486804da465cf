import type { Grant } from '../../plan/types.ts';
import type { Binding } from '../binding.ts';
import type { EventStore } from '../store/event-store.ts';
import { createStoreClass, KeyValueError } from './store-class.ts';

export const KEY_VALUE = 'fermyon:spin/key-value@2.0.0';

/** `fermyon:spin/key-value` over the event's stores, which commit what it writes (store/event-store.ts). */
export function createKeyValueBinding(
  grants: readonly Grant[],
  { access }: Pick<EventStore, 'access'>,
): Binding {
  const granted = new Set(grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : [])));
  const { Store, open } = createStoreClass((label) => {
    if (!granted.has(label)) throw new KeyValueError({ tag: 'access-denied' });
    return access(label);
  });
  return { imports: { [KEY_VALUE]: { Store } }, liveHandles: open };
}
