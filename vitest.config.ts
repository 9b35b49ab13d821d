import { defineConfig } from 'vitest/config';

/** A unit test does no I/O worth waiting for: one that takes longer than this hangs. */
const UNIT_TIMEOUT_MS = 10_000;

/** Contract suites talk to files and servers; their model-based tests run hundreds of commands. */
const CONTRACT_TIMEOUT_MS = 60_000;

/** A test of the simulator runs a hundred seeds, or as many as it takes to catch a planted bug: seconds, each busy to the last. */
const SIMULATOR_TIMEOUT_MS = 120_000;

/** Integration tests start, load and kill whole processes. */
const INTEGRATION_TIMEOUT_MS = 120_000;
const INTEGRATION_LANES = 2;

/** Browser tests start a process and a browser, and wait for a sale to open. */
const BROWSER_TIMEOUT_MS = 60_000;

/** A short run: its servers, half a minute of faults, and all that has to settle afterwards. */
const CHAOS_TIMEOUT_MS = 240_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'web/**/*.test.ts',
            'bench/**/*.test.ts',
            'test/support/**/*.test.ts',
            'dev/**/*.test.mjs',
          ],
          testTimeout: UNIT_TIMEOUT_MS,
          hookTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: CONTRACT_TIMEOUT_MS,
          hookTimeout: CONTRACT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'simulator',
          include: ['test/simulator/**/*.test.ts'],
          testTimeout: SIMULATOR_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
          // They start and kill processes and servers of their own, and wait for most of their time: two files at a time, after
          // everything else.
          maxWorkers: INTEGRATION_LANES,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: BROWSER_TIMEOUT_MS,
          hookTimeout: BROWSER_TIMEOUT_MS,
          // A browser wants the machine for itself, as the processes of the integration tests do.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          testTimeout: CHAOS_TIMEOUT_MS,
          hookTimeout: CHAOS_TIMEOUT_MS,
          // It starts a cluster of its own and stops and starts its parts: last, and alone.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
