import { defineConfig, type OxlintOverride } from 'oxlint';
import { PURE_ROOMS, ROOMS } from './rooms.ts';

/** What a pure room must not touch: I/O modules of Node, and libraries that do I/O. */
const IO_MODULES = ['node:*', 'rolldown', 'componentize-qjs', '@bytecodealliance/*', 'commander'];

const roomRules = ROOMS.map((room, position): OxlintOverride => ({
  files: [`host/src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...(position + 1 < ROOMS.length
            ? [
                {
                  group: ROOMS.slice(position + 1).map((below) => `**/${below}/**`),
                  message: `${room}/ must not import a room below it (see rooms.ts).`,
                },
              ]
            : []),
          ...(PURE_ROOMS.includes(room)
            ? [{ group: IO_MODULES, message: `${room}/ is pure: no files, clock, randomness or network.` }]
            : []),
        ],
      },
    ],
    'import/no-default-export': 'error',
  },
}));

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'vitest/no-disabled-tests': 'error',
    'vitest/no-focused-tests': 'error',
    // What every test of a file must leave behind is asserted in its afterEach.
    'vitest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['afterEach'] }],
    'vitest/expect-expect': [
      'error',
      { assertFunctionNames: ['expect', 'expect*', 'checkRow', 'fc.assert'] },
    ],
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'import/no-unassigned-import': 'off',
  },
  ignorePatterns: ['**/dist/**', '**/.out/**', '**/*.gen.ts', '**/*.d.ts'],
  overrides: [
    ...roomRules,
    {
      files: ['**/*.test.ts', 'host/test/**', 'guest/test/**', 'components/**'],
      rules: { 'no-console': 'off' },
    },
    { files: ['components/**'], rules: { 'import/no-default-export': 'off' } },
  ],
});
