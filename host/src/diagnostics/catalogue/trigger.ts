import type { CatalogueEntry } from '../entry.ts';

/** What the room `trigger` can report. */
export const TRIGGER = {
  'trigger/invalid-route': {
    title: 'A route cannot be used',
    why: 'Routes follow Spin: a path of plain segments, `:name` for one segment, and `/...` at the end for all that follows.',
    next: 'Write the route as a path, such as /order, /orders/:id or /files/... .',
    exit: 1,
  },
  'trigger/reserved-route': {
    title: 'A route that the host answers itself',
    why: 'Paths below /.well-known/spin/ belong to the host, so a service with such a route is never called for them.',
    next: 'Give the trigger a route outside /.well-known/spin/.',
    exit: 1,
    severity: 'warning',
  },
  'trigger/invalid-address': {
    title: 'An address to listen on is not valid',
    why: 'The address is an IP address or host name with a port, such as 127.0.0.1:3000 or [::1]:3000.',
    next: 'Give --listen, or SPIN_HTTP_LISTEN_ADDR, an address and a port: --listen 127.0.0.1:3000.',
    exit: 2,
  },
  'trigger/address-in-use': {
    title: 'The port is taken',
    why: 'Another process, perhaps an earlier run of this app, listens on the address.',
    next: 'Stop the other process, or listen elsewhere with --listen 127.0.0.1:3001.',
    exit: 3,
  },
  'trigger/cannot-listen': {
    title: 'The address cannot be listened on',
    why: 'The system refused the address: it belongs to another machine, or the port needs more rights.',
    next: 'Listen on an address of this machine and a port above 1023: --listen 127.0.0.1:3000.',
    exit: 3,
  },
  'trigger/no-redis': {
    title: 'Nothing says where Redis is',
    why: 'An edge or a trigger of the app goes over Redis. Unlike MQTT, for which a broker is started on loopback where none is named, Redis is a server of its own.',
    next: 'Start one (`redis-server`, or `docker run -p 6379:6379 redis`) and name it: `--redis redis://127.0.0.1:6379`.',
    exit: 3,
  },
  'trigger/broker-apart': {
    title: 'Two processes of an app have no MQTT broker in common',
    why: 'With `--only` a process runs some of the app’s units. Where it sends to others, or gets messages from them, both must use the same broker; the one that Tenon starts where none is named serves its own process.',
    next: 'Name a broker in each process, as in `--mqtt mqtt://127.0.0.1:1883`.',
    exit: 2,
  },
  'trigger/replica-alone': {
    title: 'A replica without a broker to share',
    why: 'With `--replica` several processes share the messages of MQTT topics. The broker hands each message to one of them, so there must be one, with shared subscriptions; the one that Tenon starts where none is named has none.',
    next: 'Name a broker, as in `--mqtt mqtt://127.0.0.1:1883`, or leave out `--replica`.',
    exit: 2,
  },
  'trigger/unknown-unit': {
    title: 'No such unit to run alone',
    why: 'A process runs all units of an app, or those that `--only` names, by their own name or by that of a service in them.',
    next: 'See the units with `tenon check`, and name one of them.',
    exit: 2,
  },
} as const satisfies Record<string, CatalogueEntry>;
