type Listener = (message: unknown, thread: number) => void;

const listeners = new Set<Listener>();
const tellAll: Listener = (message, thread) => {
  for (const listener of listeners) listener(message, thread);
};

/**
 * Tells `listener` of what other threads send to this one (`postMessageToThread`), until the function that it gives is
 * called. Every unit has listeners here, and Node warns of a leak where a process itself has more than ten.
 */
export function onWorkerMessage(listener: Listener): () => void {
  if (listeners.size === 0) process.on('workerMessage', tellAll);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) process.off('workerMessage', tellAll);
  };
}
