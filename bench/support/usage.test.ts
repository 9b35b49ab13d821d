import { describe, expect, it } from 'vitest';
import { medianUsage, type Reading, usageOf } from './usage.ts';

const reading = (cpuMs: readonly number[], writtenBytes: number, fsyncs: number): Reading => ({
  processes: cpuMs.map((ms, n) => ({ name: `process ${n}`, cpuMs: ms, writtenBytes })),
  fsyncs: { mysql: fsyncs },
});

describe('usageOf', () => {
  it('divides what was used between two readings by the operations', () => {
    const used = usageOf(reading([100, 50], 1000, 5), reading([300, 150], 5000, 25), {
      operations: 10,
      notCovered: [],
    });
    expect(used).toEqual({
      cpuUs: { 'process 0': 20_000, 'process 1': 10_000 },
      totalCpuUs: 30_000,
      perSecondAndCore: 1e6 / 30_000,
      writtenBytes: { 'process 0': 400, 'process 1': 400 },
      totalWrittenBytes: 800,
      fsyncs: { mysql: 2 },
      notCovered: [],
    });
  });

  it('has no total when a process has ended, rather than one that is too low', () => {
    const used = usageOf(reading([100, 50], 0, 0), reading([300, Number.NaN], 0, 0), { operations: 1, notCovered: [] });
    expect(used.totalCpuUs).toBeNaN();
    const restarted = usageOf(reading([100], 0, 0), reading([300, 20], 0, 0), { operations: 1, notCovered: [] });
    expect(restarted.totalCpuUs).toBeNaN();
  });
});

describe('medianUsage', () => {
  it('has the median of each figure', () => {
    const rounds = [10, 30, 20].map((ms) =>
      usageOf(reading([0], 0, 0), reading([ms], 2 * ms, 3 * ms), { operations: 10, notCovered: ['kafka'] }),
    );
    expect(medianUsage(rounds)).toMatchObject({
      cpuUs: { 'process 0': 2000 },
      totalCpuUs: 2000,
      perSecondAndCore: 500,
      writtenBytes: { 'process 0': 4 },
      fsyncs: { mysql: 6 },
      notCovered: ['kafka'],
    });
  });

  it('is undefined without any', () => {
    expect(medianUsage([])).toBeUndefined();
  });
});
