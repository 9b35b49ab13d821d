import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costsOf, costText, profiled } from './profile.ts';

const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

const PROFILE = {
  nodes: [
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('drain', 'file:///src/batch-map.js', 41) },
    { id: 3, callFrame: frame('', 'file:///src/a.js', 0) },
    { id: 4, callFrame: frame('drain', 'file:///src/batch-map.js', 41) },
  ],
  samples: [1, 2, 3, 4, 1],
  timeDeltas: [1000, 50, 25, 25, 5000],
};

describe('costsOf', () => {
  it('adds up self time over all call sites, without idle time', () => {
    expect(costsOf(PROFILE)).toEqual([
      { name: 'drain batch-map.js:42', share: 0.75 },
      { name: '(anonymous) a.js:1', share: 0.25 },
    ]);
  });

  it('has only the greatest costs', () => {
    expect(costsOf(PROFILE, 1)).toHaveLength(1);
  });

  it('has no costs for an empty profile', () => {
    expect(costsOf({ nodes: [] })).toEqual([]);
  });
});

describe('costText', () => {
  it('has a line for each cost, in percent', () => {
    expect(costText(costsOf(PROFILE, 1))).toBe('   75.0 %  drain batch-map.js:42');
  });
});

describe('profiled', () => {
  it('names each thread by its process, longest-lived first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'floodgate-profiles-'));
    const lived = (us: number) => JSON.stringify({ ...PROFILE, startTime: 1000, endTime: 1000 + us });
    try {
      const { result, costs } = await profiled(folder, async (profileDir) => {
        await writeFile(join(profileDir, 'CPU.20261122.101500.41.0.001.cpuprofile'), lived(5));
        await writeFile(join(profileDir, 'CPU.20261122.101600.42.0.002.cpuprofile'), lived(90));
        await writeFile(join(profileDir, 'CPU.20261122.101600.42.1.003.cpuprofile'), lived(70));
        return 'done';
      });
      expect(result).toBe('done');
      const drains = costs.filter(({ name }) => name.includes('drain')).map(({ name }) => name.split(': ')[0]);
      expect(drains).toEqual(['process 42', 'process 42, thread 1', 'process 41']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
