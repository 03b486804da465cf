import type { CatalogueEntry } from '../entry.ts';

/** What the room `broker` can report. */
export const BROKER = {
  'broker/address': {
    title: 'This is no address of a broker',
    why: 'Brokers are addressed as mqtt://host:port or redis://host:port, with mqtts and rediss for TLS, and a user and password before the host where one is needed.',
    next: 'Write `mqtt://127.0.0.1:1883` or `redis://127.0.0.1:6379`.',
    exit: 2,
  },
  'broker/no-port': {
    title: 'The embedded MQTT broker finds no port',
    why: 'With no MQTT broker configured one is started on 127.0.0.1, on port 1883 or any other; the system gave none.',
    next: 'End what holds the ports, or name a broker with `--mqtt mqtt://host:1883`.',
    exit: 3,
  },
} as const satisfies Record<string, CatalogueEntry>;
