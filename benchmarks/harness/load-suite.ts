import type { Suite, SuiteName } from './suite.ts';

/** Loads one suite and nothing of the others: a case's process has only what it measures. */
export async function loadSuite(name: SuiteName): Promise<Suite> {
  switch (name) {
    case 'hop':
      return (await import('../suites/hop.ts')).hop;
    case 'chain':
      return (await import('../suites/chain.ts')).chain;
    case 'event':
      return (await import('../suites/event.ts')).event;
    case 'engine':
      return (await import('../suites/engine.ts')).engine;
    case 'build':
      return (await import('../suites/build.ts')).build;
  }
}
