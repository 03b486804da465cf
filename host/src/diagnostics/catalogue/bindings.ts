import type { CatalogueEntry } from '../entry.ts';

/** What the room `bindings` can report. */
export const BINDINGS = {
  'bindings/store-unavailable': {
    title: 'A key-value store cannot be opened',
    why: 'The database file, or the folder it lies in, cannot be made, read or written, or is no SQLite database; or the Redis server cannot be reached.',
    next: 'Check the path of the store in the manifest, and the rights of its folder; for Redis, that the server runs.',
    exit: 3,
  },
  'bindings/store-failed': {
    title: 'A commit failed in the store',
    why: 'The database refused the commit of an event: its disk is full, or another process kept it locked for too long. Nothing of the event was written.',
    next: 'Free space on the disk, or end what keeps the database locked.',
    exit: 3,
  },
  'bindings/stores-apart': {
    title: 'Atomic stores lie in different databases',
    why: 'All that one event writes commits together, which takes one transaction of one database.',
    next: 'Give the labels the same path or url, or set `atomic = false` for all but one database.',
    exit: 1,
  },
  'bindings/overtaken': {
    title: 'What the event had read has changed',
    why: 'An outbound request commits what the event has written so far, and another event has changed what this one had read. The event is run again.',
    next: 'If it is seen rarely, nothing; else let events read less of what others write before they call out.',
    exit: 3,
  },
  'bindings/deadline': {
    title: 'The event waited past its deadline',
    why: 'A service slept, or waited for an answer, longer than its event may last.',
    next: 'Sleep less, or raise `limits.deadline` in the manifest.',
    exit: 3,
  },
  'bindings/grant-missing': {
    title: 'A call needs a grant that the unit does not have',
    why: 'A service may use only what the manifest grants it. Toolchains import more than a service uses, so the import alone is no error; the call is.',
    next: "Add the grant to the service's `grants` in the manifest.",
    exit: 1,
  },
  'bindings/guest-exit': {
    title: 'The service ended the program',
    why: 'It called `exit` of wasi:cli. A service answers events and has no program to end.',
    next: 'Return, or throw, instead of calling exit.',
    exit: 1,
  },
  'bindings/empty-poll': {
    title: 'The service polls nothing',
    why: 'It called `poll` of wasi:io with an empty list, which would wait for ever and traps by its definition.',
    next: 'Poll at least one pollable.',
    exit: 1,
  },
  'bindings/variable-name': {
    title: 'This is no name of a variable',
    why: 'Names of variables are lower-case letters, digits and single underscores; they start with a letter and end with a letter or digit.',
    next: 'Rename the variable.',
    exit: 1,
  },
  'bindings/variable-unresolved': {
    title: 'A required variable has no value',
    why: 'Nothing gives it one: no --variable, no provider of runtime-config.toml, no environment variable, no default in the manifest.',
    next: 'Give it a value with `--variable name=value` or the environment variable SPIN_VARIABLE_<NAME>.',
    exit: 1,
  },
  'bindings/variable-argument': {
    title: 'A --variable argument cannot be read',
    why: 'It is neither `name=value`, `name=@file` nor `@file.json` or `@file.toml`, or its file cannot be read.',
    next: 'Write `--variable name=value` or `--variable name=@file`.',
    exit: 2,
  },
  'bindings/runtime-config': {
    title: 'The file runtime-config.toml cannot be used',
    why: 'A provider of variables or a key-value store is malformed, or of a type that only Spin has.',
    next: 'Use the provider types `static` and `env`, and the store types `spin` and `redis`.',
    exit: 1,
  },
  'bindings/allowed-host': {
    title: 'A granted host cannot be read',
    why: 'Hosts are written as in Spin: scheme://host[:port], with * for any, no path.',
    next: 'Write the grant as `http:https://example.com` or `http:http://*.example.com:8080`.',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
