import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line that scripts and CI can read: `N passed, N failed, N skipped`. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed' || state === 'failed') count[state]++;
        else count.skipped++;
        if (state === 'skipped') process.stdout.write(`skipped: ${test.fullName}\n`);
      }
      // A file that fails to load has no tests, but must count.
      if (module.state() === 'failed' && module.errors().length > 0) count.failed++;
    }
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  }
}
