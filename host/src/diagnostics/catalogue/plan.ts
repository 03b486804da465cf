import type { CatalogueEntry } from '../entry.ts';

/** What the room `plan` can report. */
export const PLAN = {
  'plan/not-yet': {
    title: 'An interface that is not carried out yet',
    why: 'Spin gives the interface, and this version of Tenon does not. It is refused, so that nothing fails only when it is called.',
    next: 'Use one of the interfaces that the message lists.',
    exit: 1,
  },
  'plan/no-world': {
    title: 'A service without a known world',
    why: 'The plan binds services by the worlds that they declare, and the world of this one was not read.',
    next: 'Solve the problems of its `world.wit` first.',
    exit: 1,
  },
  'plan/unknown-grant': {
    title: 'A grant that does not exist',
    why: 'Grants name what a service may import beyond contracts; a misspelt one would grant nothing.',
    next: 'Use one of the grants that exist.',
    exit: 1,
  },
  'plan/bad-grant': {
    title: 'A grant of the wrong form',
    why: "Some grants need an argument behind a colon, some may have none, and hosts follow Spin's `allowed_outbound_hosts`.",
    next: 'Write the grant as expected.',
    exit: 1,
  },
  'plan/unknown-variable': {
    title: 'A grant for a variable that the app does not have',
    why: 'A service sees only variables that the manifest declares and its grants name.',
    next: 'Declare the variable in `[variables.<name>]`, or correct the grant.',
    exit: 1,
  },
  'plan/missing-grant': {
    title: 'An import without its grant',
    why: "A service's world declares an interface of the host, and the manifest does not grant it. Only the world that the service itself declares counts; what a toolchain adds is trimmed.",
    next: 'Add the grant, or remove the import from the world.',
    exit: 1,
  },
  'plan/no-host-interface': {
    title: 'An interface that the host does not give',
    why: "The name belongs to WASI or Spin, so no service can provide it, and Tenon's host does not have it in this version.",
    next: 'Remove the import, or use an interface that the host gives.',
    exit: 1,
  },
  'plan/async-import': {
    title: 'An async function in a world',
    why: "Units run synchronously: one event at a time per worker, so a function of the component model's async kind cannot be called. `async` in TypeScript is something else, and works.",
    next: 'Remove `async` from the function in the WIT, or import the synchronous version of the interface.',
    exit: 1,
  },
  'plan/missing-provider': {
    title: 'A contract that no service exports',
    why: 'Every import of a contract needs a service of the app that exports it under the same name, or on the same semver track.',
    next: 'Add a service that exports it, or remove the import.',
    exit: 1,
  },
  'plan/ambiguous-provider': {
    title: 'A contract that several services export',
    why: 'Edges are found by contract; where more than one service exports it, nothing says which is meant.',
    next: 'Name the contract in the edge that is meant.',
    exit: 1,
  },
  'plan/contract-mismatch': {
    title: 'Importer and provider disagree about a contract',
    why: 'Both name the same contract, but its types are not the same on both sides: the two were built against different texts of it.',
    next: 'Let both use the same WIT, or give the changed one a new version.',
    exit: 1,
  },
  'plan/cycle': {
    title: 'Services that import one another',
    why: 'Components are linked in the order of their imports, so a circle has no beginning.',
    next: 'Remove one of the edges, for instance by moving what both need into a service of its own.',
    exit: 1,
  },
  'plan/unknown-edge': {
    title: 'An edge that does not exist',
    why: 'Edges come from imports; the manifest only adjusts them, and these settings would adjust nothing.',
    next: 'Correct the names, or remove the table.',
    exit: 1,
  },
  'plan/unknown-service': {
    title: 'A service that the manifest does not have',
    why: 'A trigger or an edge names a service for which there is no `[service.<name>]`.',
    next: 'Correct the name, or add the service.',
    exit: 1,
  },
  'plan/no-handler': {
    title: 'A trigger for a service that cannot handle it',
    why: "An HTTP trigger calls the service's export of `fermyon:spin/inbound-http`.",
    next: 'Add `export fermyon:spin/inbound-http;` to its world, or name another service.',
    exit: 1,
  },
  'plan/duplicate-route': {
    title: 'Two triggers for one route',
    why: 'As in Spin, `/a` and `/a/` are the same route, and parameters match whatever they are called; one of the two would never be called.',
    next: 'Remove or change one of them.',
    exit: 1,
  },
  'plan/no-trigger': {
    title: 'An app without triggers',
    why: 'A unit is what a trigger starts; without one nothing would ever run.',
    next: 'Add a trigger.',
    exit: 1,
  },
  'plan/unreached-service': {
    title: 'A service that nothing reaches',
    why: 'No trigger starts it, and no service that is started imports what it exports, so it would be in no unit.',
    next: 'Give it a trigger, import its contract, or remove it.',
    exit: 1,
  },
  'plan/instance-conflict': {
    title: 'Services of one unit that want different instances',
    why: 'A unit is one component, whose state is kept between events or not; its root service decides.',
    next: 'Give the services the same `instance`.',
    exit: 1,
  },
  'plan/cannot-fuse': {
    title: 'Services that cannot be fused',
    why: 'Fused services share one JavaScript engine, and calls between them copy values. So both must be TypeScript services built with `quickjs`, whose worlds consist of interfaces with ids, and no handle of a resource may cross.',
    next: 'Use `linked` for the edge.',
    exit: 1,
  },
  'plan/fused-clash': {
    title: 'Fused services whose imports or exports clash',
    why: 'Fused services are one component, which can import an interface once and export only one of a name.',
    next: 'Use `linked` for one of the edges that join them.',
    exit: 1,
  },
  'plan/fused-circle': {
    title: 'Fused services with a linked one in between',
    why: 'Fused services are one component. If one of them imports by linked edges, directly or through others, what another of them provides, that component would import itself.',
    next: 'Fuse the services in between too, or link those that are fused.',
    exit: 1,
  },
  'plan/environment-conflict': {
    title: 'Services of one unit that want different environments',
    why: 'A unit is one component, with one environment for all of its services.',
    next: 'Give the variable the same value, or two names.',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
