import type { CatalogueEntry } from '../entry.ts';

/** What the room `cli` can report. */
export const CLI = {
  'cli/node-version': {
    title: 'Node is too old',
    why: 'Tenon needs features of WebAssembly and modules of Node that older versions lack.',
    next: 'Install a newer Node; the npm package `node` brings one into a folder, for `npx tenon` there.',
    exit: 3,
  },
  'cli/usage': {
    title: 'The command line is not understood',
    why: 'A command or option does not exist, or an option or argument is missing or has a wrong value.',
    next: 'See what there is with `tenon --help`, or `tenon <command> --help`.',
    exit: 2,
  },
  'cli/no-manifest': {
    title: 'There is no manifest to work on',
    why: 'No manifest was named, and neither the folder nor its folder composed/ has one: a .toml file with a name and a service.',
    next: 'Name the manifest, as in `tenon up composed/orders.toml`, or change to the folder that has it.',
    exit: 2,
  },
  'cli/several-manifests': {
    title: 'It is not clear which manifest is meant',
    why: 'No manifest was named, and there is more than one.',
    next: 'Name the manifest, as in `tenon up composed/orders.toml`.',
    exit: 2,
  },
  'cli/unreadable-file': {
    title: 'A file that the command line names cannot be read',
    why: 'It does not exist, is a folder, or may not be read.',
    next: 'Correct the path, or build the component first.',
    exit: 2,
  },
  'cli/unwritable-file': {
    title: 'The output cannot be written',
    why: 'Its folder does not exist or may not be written to, or the disk is full. Nothing was left behind: output is written beside its place and moved there whole.',
    next: 'Name another place with `-o`, or make the folder.',
    exit: 3,
  },
  'cli/no-such-message': {
    title: 'No such message waits in the outbox',
    why: 'It was sent or dropped already, or never was.',
    next: 'Run `tenon outbox` to see what waits.',
    exit: 1,
  },
  'cli/doctor': {
    title: 'Something on this machine or in the app will not work',
    why: '`tenon doctor` found it: an app that cannot be read, output of an earlier state, a port that is taken, a program that is too old or does not start.',
    next: 'Do what stands below each line that is marked with no.',
    exit: 3,
  },
  'cli/bench-request': {
    title: 'There is no request to measure an app with',
    why: '`tenon bench` sends requests to the app. Without any that are named it gets every route that is one path; routes with parameters or wildcards have no path of their own, and an app may have no routes at all.',
    next: 'Name a request that a route of the app answers: `tenon bench --request \'POST /order {"details":"x"}\'`.',
    exit: 2,
  },
  'cli/bench-answer': {
    title: 'A request that is measured was not answered with success',
    why: 'Figures of requests that fail would say nothing of those that succeed.',
    next: 'Name requests that the app answers with a status from 200 to 299, with `--request`, and see with `tenon up` what is wrong where they should be.',
    exit: 1,
  },
  'internal/bug': {
    title: 'Something is wrong in Tenon itself',
    why: 'A check inside Tenon failed, or an exception reached the edge that no room turned into a diagnostic.',
    next: 'Run again with --verbose and report the stack trace with the command that led to it.',
    exit: 70,
  },
} as const satisfies Record<string, CatalogueEntry>;
