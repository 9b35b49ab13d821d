import { describe, expect, it } from 'vitest';
import { objections } from './publish.ts';
import type { GrowthResult, Report } from './report.ts';
import { merged } from './results-file.ts';
import { aResult } from './sample-result.ts';
import { BEGIN, END, growthRows, overgrown, replaceSections, sections } from './sections.ts';

const aReport = (more: Partial<Report> = {}): Report => ({
  date: '2026-11-21T12:00:00.000Z',
  commit: 'abc1234',
  machine: { cpu: 'a processor', cores: 2, memoryGb: 23, os: 'Linux 6' },
  versions: { node: 'v20.20.2' },
  client: 'autocannon',
  results: [],
  micro: [],
  memory: [],
  growth: [],
  ...more,
});

const SUITE = { scenarios: ['success-cluster'], micros: ['fast', 'slow'] };

const aGrowth = {
  axis: 'sales at once',
  on: 'cluster',
  size: 10,
  rounds: 5,
  seconds: 5,
  soldPerSecond: { median: 12_345, min: 9876, max: 13_000 },
  refusedPerSecond: 0,
  broken: 0,
  p99Ms: 89,
  memoryMb: 157,
  date: '',
  commit: 'abc1234',
} as const satisfies GrowthResult;

describe('merged', () => {
  it('replaces an old result of the same scenario and connections', () => {
    const before = aReport({ results: [aResult({ rounds: 1 }), aResult({ connections: 128, rounds: 1 })] });
    const after = merged(before, aReport({ results: [aResult({ rounds: 5 })] }), SUITE);
    expect(after.results.map(({ connections, rounds }) => [connections, rounds])).toEqual([
      [128, 1],
      [1024, 5],
    ]);
  });

  it('keeps the result of each client, in the order of the table', () => {
    const before = aReport({ results: [aResult({ client: 'wrk', rounds: 1 })] });
    const after = merged(before, aReport({ results: [aResult()] }), SUITE);
    expect(after.results.map(({ client, rounds }) => [client, rounds])).toEqual([
      ['autocannon', 5],
      ['wrk', 1],
    ]);
  });

  it('keeps the order of the suite, in whatever order scenarios were measured', () => {
    const before = aReport({ results: [aResult({ scenario: 'b' })] });
    const after = merged(before, aReport({ results: [aResult({ scenario: 'a' })] }), {
      ...SUITE,
      scenarios: ['a', 'b'],
    });
    expect(after.results.map(({ scenario }) => scenario)).toEqual(['a', 'b']);
  });

  it('keeps the versions of servers that this run did not use', () => {
    const before = aReport({ versions: { node: 'v1', redis: '8' } });
    expect(merged(before, aReport(), SUITE).versions).toEqual({ node: 'v20.20.2', redis: '8' });
  });

  it('drops results that are no longer in the suite', () => {
    const timed = (name: string) => ({ name, nsPerOp: { median: 1, min: 1, max: 1 }, date: '', commit: '' });
    const before = aReport({ results: [aResult({ scenario: 'gone' })], micro: [timed('slow'), timed('gone')] });
    const after = merged(before, aReport({ micro: [timed('fast')] }), SUITE);
    expect(after.results).toEqual([]);
    expect(after.micro.map(({ name }) => name)).toEqual(['fast', 'slow']);
  });

  it('drops growth results without minimum and maximum, and keeps the rest', () => {
    const { soldPerSecond: _, ...old } = aGrowth;
    const before = aReport({ growth: [{ ...old, size: 1, perSecond: 5 } as unknown as GrowthResult, aGrowth] });
    expect(merged(before, aReport(), SUITE).growth).toEqual([aGrowth]);
  });
});

describe('objections', () => {
  const options = {
    mode: 'scenarios',
    profile: false,
    followUp: true,
    rounds: 5,
    clients: ['autocannon', 'wrk'],
  } as const;
  const good = aReport({ results: [aResult()] });

  it('has none to a complete run whose checks passed, even if it missed a target', () => {
    expect(objections(aReport({ results: [aResult({ target: 9 })] }), [], options)).toEqual([]);
  });

  it('objects to failed checks and failed measurements', () => {
    const wrong = aReport({ results: [aResult(), aResult({ verdicts: [{ ok: false, what: 'one is missing' }] })] });
    expect(objections(wrong, ['reads: it broke'], options)).toEqual(['a check failed', 'a measurement failed']);
  });

  it.each([
    { profile: true },
    { followUp: false },
    { rounds: 4 },
    { mode: 'growth', rounds: 4, clients: ['autocannon'] },
    { mode: 'growth', clients: ['wrk'] },
    { mode: 'memory', clients: ['wrk'] },
  ] as const)('objects to %o', (difference) => {
    expect(objections(good, [], { ...options, ...difference })).toHaveLength(1);
  });

  it.each(['micro', 'memory'] as const)('does not require rounds for %s', (mode) => {
    expect(objections(good, [], { ...options, mode, rounds: 1, clients: ['autocannon'] })).toEqual([]);
  });
});

describe('growthRows', () => {
  it('has sold and refused separately, with minimum and maximum sold', () => {
    const [first, second] = growthRows({ growth: [aGrowth, { ...aGrowth, refusedPerSecond: 40_000, broken: 3 }] });
    expect(first).toMatchObject({
      'sold/s (min..max)': '12,345 (9,876..13,000)',
      'refused/s': '',
      broken: '',
    });
    expect(second).toMatchObject({ 'refused/s': '40,000', broken: '3' });
  });
});

describe('replaceSections', () => {
  it('changes only the text between the markers', () => {
    const readme = `# Head\n${BEGIN}\nold\n${END}\ntail\n`;
    expect(replaceSections(readme, 'new')).toBe(`# Head\n${BEGIN}\nnew\n${END}\ntail\n`);
  });

  it('is idempotent', () => {
    const once = replaceSections(`${BEGIN}${END}`, 'text');
    expect(replaceSections(once, 'text')).toBe(once);
  });

  it('refuses a text without a marker', () => {
    expect(() => replaceSections(`# Head\n${BEGIN}\n`, 'new')).toThrow('markers');
  });
});

describe('sections', () => {
  it('names machine and versions', () => {
    expect(sections(aReport())).toContain('On a processor, 2 cores, 23 GB, Linux 6; node v20.20.2.');
  });

  it('names the clients whose results it has', () => {
    expect(sections(aReport({ results: [aResult()] }))).toContain('Clients: autocannon, one thread each.');
    const both = aReport({ results: [aResult(), aResult({ client: 'wrk' })] });
    expect(sections(both)).toContain('Clients: autocannon and wrk, one thread each.');
  });

  it('names disturbed rounds and failed checks', () => {
    const results = [
      aResult({ disturbed: ['round 2: 3 broken'], verdicts: [{ ok: false, what: 'an order is missing' }] }),
    ];
    const text = sections(aReport({ results }));
    expect(text).toContain('success-cluster, 1024, autocannon: round 2: 3 broken');
    expect(text).toContain('FAILED: an order is missing');
  });

  it('judges memory by its growth, not by its size', () => {
    const one = {
      scenario: 'a',
      connections: 1,
      process: 'front',
      minutes: 5,
      warmUpMinutes: 1,
      slopeMbPerMinute: 1,
      date: '',
      commit: '',
    };
    const report = aReport({
      memory: [
        { ...one, tenthsMb: [491, 500], growthMb: 9 },
        { ...one, process: 'worker', tenthsMb: [5, 16], growthMb: 11 },
      ],
    });
    expect(overgrown(report)).toEqual(['a, 1: worker grew by 11.0 MB in 5.00 minutes, at most 10']);
    const text = sections(report);
    expect(text).toMatch(/front .* at most 10: met/);
    expect(text).toMatch(/worker .* at most 10: MISSED/);
  });
});
