import { describe, expect, it } from 'vitest';
import type { Report } from './report.ts';
import { merged } from './results-file.ts';
import { aResult } from './sample-result.ts';
import { BEGIN, between, END, sections } from './sections.ts';

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

describe('merged', () => {
  it('puts a new result in the place of the old one of the same scenario and connections', () => {
    const before = aReport({ results: [aResult({ rounds: 1 }), aResult({ connections: 128, rounds: 1 })] });
    const after = merged(before, aReport({ results: [aResult({ rounds: 5 })] }));
    expect(after.results.map(({ connections, rounds }) => [connections, rounds])).toEqual([
      [128, 1],
      [1024, 5],
    ]);
  });

  it('keeps the order of the suite, whenever a scenario was measured', () => {
    const before = aReport({ results: [aResult({ scenario: 'b' })] });
    const after = merged(before, aReport({ results: [aResult({ scenario: 'a' })] }), ['a', 'b']);
    expect(after.results.map(({ scenario }) => scenario)).toEqual(['a', 'b']);
  });

  it('keeps the versions of servers that this run had no use for', () => {
    const before = aReport({ versions: { node: 'v1', redis: '8' } });
    expect(merged(before, aReport()).versions).toEqual({ node: 'v20.20.2', redis: '8' });
  });
});

describe('between', () => {
  it('changes what stands between the markers, and nothing else', () => {
    const readme = `# Head\n${BEGIN}\nold\n${END}\ntail\n`;
    expect(between(readme, 'new')).toBe(`# Head\n${BEGIN}\nnew\n${END}\ntail\n`);
  });

  it('comes to the same when it is done twice', () => {
    const once = between(`${BEGIN}${END}`, 'text');
    expect(between(once, 'text')).toBe(once);
  });

  it('refuses a text that has lost a marker', () => {
    expect(() => between(`# Head\n${BEGIN}\n`, 'new')).toThrow('markers');
  });
});

describe('sections', () => {
  it('says on what it was measured', () => {
    expect(sections(aReport())).toContain('On a processor, 2 cores, 23 GB, Linux 6; node v20.20.2.');
  });

  it('names disturbed rounds and failed checks', () => {
    const results = [
      aResult({ disturbed: ['round 2: 3 broken'], verdicts: [{ ok: false, what: 'an order is missing' }] }),
    ];
    const text = sections(aReport({ results }));
    expect(text).toContain('success-cluster, 1024: round 2: 3 broken');
    expect(text).toContain('WRONG: an order is missing');
  });

  it('judges memory by its growth, and not by its size', () => {
    const one = {
      scenario: 'a',
      connections: 1,
      process: 'front',
      minutes: 5,
      warmUpMinutes: 1,
      slopeMbPerMinute: 1,
      date: '',
    };
    const text = sections(
      aReport({
        memory: [
          { ...one, tenthsMb: [491, 500], growthMb: 9 },
          { ...one, process: 'worker', tenthsMb: [5, 16], growthMb: 11 },
        ],
      }),
    );
    expect(text).toMatch(/front .* at most 10: met/);
    expect(text).toMatch(/worker .* at most 10: MISSED/);
  });
});
