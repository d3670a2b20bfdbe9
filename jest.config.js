import { availableParallelism } from 'node:os';

// Three rings: tables (pure logic), scenarios (the built bundle as a process), journeys (act).
const ring = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  testEnvironment: '<rootDir>/test/measured-environment.js',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'import'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.js' },
  modulePathIgnorePatterns: ['<rootDir>/out/'],
  ...more,
});

export default {
  // With one more the processors have not a moment to spare, and what has a limit of seconds misses it.
  maxWorkers: availableParallelism(),
  testSequencer: '<rootDir>/test/journeys-first.js',
  // Only ends a test that hangs: what a test waits for has its own limits.
  testTimeout: 60_000,
  projects: [
    ring('tables', [
      '<rootDir>/{packages,actions}/*/test/**/*.test.ts',
      '<rootDir>/scripts/**/*.test.ts',
    ]),
    ring(
      'scenarios',
      [
        '<rootDir>/{packages,actions,infra}/*/scenarios/**/*.test.ts',
        '<rootDir>/scenarios/**/*.test.ts',
      ],
      {
        globalSetup: '<rootDir>/test/registry.ts',
        globalTeardown: '<rootDir>/test/stop-registry.ts',
      },
    ),
    // Run by name alone: make test-dashboards, make test-alerts.
    ring('slow', ['<rootDir>/scenarios/**/*.slow.ts']),
    ring('journeys', ['<rootDir>/journeys/**/*.test.ts'], {
      globalSetup: '<rootDir>/test/release-tree.ts',
    }),
  ],
};
