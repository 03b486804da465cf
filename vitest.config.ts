import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './host/test/summary-reporter.ts';

export default defineConfig({
  test: {
    include: ['host/**/*.test.ts', 'guest/**/*.test.ts', 'components/**/*.test.ts', 'benchmarks/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.out/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    reporters: ['default', new SummaryReporter()],
  },
});
