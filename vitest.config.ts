import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './host/test/summary-reporter.ts';

const double = (name: string): string => fileURLToPath(new URL(`host/test/doubles/${name}.ts`, import.meta.url));

export default defineConfig({
  test: {
    // A service's own tests run its TypeScript in Node, with doubles for what its world imports.
    alias: {
      'fermyon:spin/key-value@2.0.0': double('key-value'),
      'orders:fulfilment/fulfilment@0.1.0': double('fulfilment'),
    },
    include: ['host/**/*.test.ts', 'guest/**/*.test.ts', 'components/**/*.test.ts', 'benchmarks/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.out/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    reporters: ['default', new SummaryReporter()],
  },
});
