import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './host/test/summary-reporter.ts';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const double = (name: string): string => file(`host/test/doubles/${name}.ts`);
const hostDouble = (name: string): string => file(`guest/test/doubles/${name}.ts`);

export default defineConfig({
  test: {
    // A service's own tests run its TypeScript in Node, with doubles for what its world imports.
    alias: {
      'fermyon:spin/key-value@2.0.0': double('key-value'),
      'orders:fulfilment/fulfilment@0.1.0': double('fulfilment'),
      // The guest's own modules run in Node with doubles for the host.
      'wasi:random/random@0.2.12': hostDouble('random'),
      'wasi:clocks/monotonic-clock@0.2.12': hostDouble('monotonic-clock'),
      'wasi:cli/stdout@0.2.12': hostDouble('stdio'),
      'wasi:cli/stderr@0.2.12': hostDouble('stdio'),
      'fermyon:spin/http': hostDouble('http'),
    },
    include: [
      'host/**/*.test.ts',
      'guest/**/*.test.ts',
      'components/**/*.test.ts',
      'benchmarks/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.out/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Vitest would leave one core to itself, and on two that is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', new SummaryReporter()],
  },
});
