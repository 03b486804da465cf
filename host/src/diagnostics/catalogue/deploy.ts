import type { CatalogueEntry } from '../entry.ts';

/** What the room `deploy` can report. */
export const DEPLOY = {
  'deploy/spin-name': {
    title: 'Spin cannot take a name',
    why: 'Spin is stricter than Tenon with the names of components, variables and key-value stores: each of their words begins with a letter. `tenon up` runs the app all the same.',
    next: 'Rename it in the manifest.',
    exit: 1,
  },
  'deploy/mqtt-brokers': {
    title: 'MQTT triggers have different brokers',
    why: "Spin's MQTT trigger takes the address of one broker for the whole app. `tenon up` connects to as many as the manifest names.",
    next: 'Use one broker for all MQTT triggers, or make an app of those that have another.',
    exit: 1,
  },
  'deploy/pool-limit': {
    title: 'A unit is too large for Spin',
    why: 'Spin makes instances in a pool whose places hold at most 32 memories, 64 tables and 200 core instances each. Every linked service has at least one memory of its own; fused services share one.',
    next: 'Fuse some of its services, or give them an edge over a broker.',
    exit: 1,
  },
  'deploy/one-part': {
    title: 'There is nothing to split',
    why: 'With `--split` units that are only reached over a broker become Spin apps of their own, and those that answer HTTP stay together. Services that call each other by linked or fused edges are one unit, which cannot be taken apart.',
    next: 'Leave `--split` out, or put an edge over a broker.',
    exit: 1,
  },
  'deploy/part-name': {
    title: 'A part of a split app has a name that is taken',
    why: 'A part is called after its unit. Those that answer HTTP are the part `http`, and the brokers that stand beside an app on Kubernetes are called `redis` and `mosquitto`.',
    next: 'Rename the service in the manifest.',
    exit: 1,
  },
  'deploy/fresh-instances': {
    title: 'Spin makes a new instance for every event',
    why: 'With `instance = "shared"` a service keeps its state between events on Node. Spin knows no such thing: there every event finds the service as it was built.',
    next: 'Keep what must last in a key-value store, and leave `instance` out.',
    exit: 1,
    severity: 'warning',
  },
  'deploy/reference': {
    title: 'The name of an image is not valid',
    why: 'An image is named by a registry, a repository in lower case and a tag: ghcr.io/team/orders:0.1.0. Without a registry Docker Hub is meant, without a tag the version of the app.',
    next: 'Name it as in `tenon push localhost:5000/orders:0.1.0`.',
    exit: 2,
  },
  'deploy/credentials': {
    title: 'The credentials for a registry cannot be read',
    why: 'They come from `config.json` of the docker configuration (`DOCKER_CONFIG`, else `~/.docker`) or from the credential helper that it names. What is there is broken, or the helper failed.',
    next: 'Repair it with `docker login <registry>`, or point DOCKER_CONFIG to another folder.',
    exit: 3,
  },
  'deploy/registry-unreachable': {
    title: 'The registry does not answer',
    why: 'Nothing listens at its address, its name is unknown, it took too long, or it and we do not agree on TLS. Registries on loopback are spoken to without TLS, all others with it.',
    next: 'Check that the registry runs and that the name and port are right.',
    exit: 3,
  },
  'deploy/registry-auth': {
    title: 'The registry does not let us push',
    why: 'It wants to know who pushes and found no credentials, wrong ones, or some without the right to push to this repository.',
    next: 'Log in with `docker login <registry>`.',
    exit: 3,
  },
  'deploy/registry-refused': {
    title: 'The registry did not store what it was sent',
    why: 'It answered with an error of its own: its storage is full or read-only, the image is over a limit, or it takes no artifacts of this kind. The tag is as it was.',
    next: 'See what the registry says, and push again.',
    exit: 3,
  },
  'deploy/wrong-digest': {
    title: 'Something was changed on the way to the registry',
    why: 'Everything in a registry has the digest of its content as its address, and the registry found another one than was sent.',
    next: 'Push again; if it comes back, look for a proxy in between or a broken disk of the registry.',
    exit: 3,
  },
} as const satisfies Record<string, CatalogueEntry>;
