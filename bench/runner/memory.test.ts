import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runMemory } from './memory.ts';
import { parseOptions } from './options.ts';
import type { Scenario } from './scenario.ts';

const OPTIONS = parseOptions(['memory', '--minutes', '0.0001', '--warm-up', '0.0001']);

function scripted(processesMb: readonly number[]) {
  const calls: string[] = [];
  const scenario: Scenario = {
    name: 'scripted',
    shows: 'nothing',
    on: 'alone',
    unit: 'sold',
    ceiling: 'echo',
    connections: [8],
    open: async () => ({
      processes: processesMb.map((mb) => ({
        name: 'front',
        pid: 1,
        port: 1,
        memoryMb: async () => mb,
        stop: async () => {},
      })),
      ceiling: async () => ({ perSecond: 1 }),
      subject: async () => {
        calls.push('load');
        return { perSecond: 1 };
      },
      check: async () => [],
      close: async () => {
        calls.push('close');
      },
    }),
  };
  return { run: () => runMemory([{ scenario, connections: 8, client: 'autocannon' }], OPTIONS, {}), calls };
}

describe('runMemory', () => {
  // Progress and stack traces are kept out of the test output.
  beforeEach(() => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('samples each process', async () => {
    const { memory, failures } = await scripted([100, 50]).run();
    expect(failures).toEqual([]);
    expect(memory.map(({ process, tenthsMb }) => `${process}: ${tenthsMb[0]}`)).toEqual([
      'front 1: 100',
      'front 2: 50',
    ]);
  });

  it('fails without a process, before the minutes of load', async () => {
    const { run, calls } = scripted([]);
    expect(await run()).toEqual({
      memory: [],
      failures: ['scripted, 8: no process runs during the whole measurement'],
    });
    expect(calls).toEqual(['close']);
  });

  it('fails when a process has ended', async () => {
    const { memory, failures } = await scripted([100, 0]).run();
    expect(memory).toEqual([]);
    expect(failures).toEqual(['scripted, 8: front 2 ended during the measurement']);
  });
});
