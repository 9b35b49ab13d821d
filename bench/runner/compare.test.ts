import { describe, expect, it } from 'vitest';
import type { ClientName } from '../support/load.ts';
import { compare, comparisonText, isAsGood } from './compare.ts';

const at = (scenario: string, connections: number, median: number, client: ClientName = 'autocannon') => ({
  scenario,
  connections,
  client,
  ratio: { median, min: 0, max: 1 },
});

describe('compare', () => {
  it('finds a ratio that is more than a tenth worse', () => {
    const [one] = compare([at('a', 128, 0.5)], [at('a', 128, 0.449)]);
    expect(one).toEqual({ name: 'a, 128, autocannon', before: 0.5, now: 0.449, worse: true });
  });

  it('accepts a tenth, and any improvement', () => {
    expect(compare([at('a', 128, 0.5)], [at('a', 128, 0.451)])[0]?.worse).toBe(false);
    expect(compare([at('a', 128, 0.5)], [at('a', 128, 5)])[0]?.worse).toBe(false);
  });

  it('compares each client with itself', () => {
    const baseline = [at('a', 128, 0.5), at('a', 128, 0.2, 'wrk')];
    const now = [at('a', 128, 0.5), at('a', 128, 0.1, 'wrk')];
    expect(compare(baseline, now)).toMatchObject([
      { name: 'a, 128, autocannon', before: 0.5, worse: false },
      { name: 'a, 128, wrk', before: 0.2, worse: true },
    ]);
  });

  it('does not compare other connections, scenarios or clients', () => {
    const baseline = [at('a', 128, 0.5)];
    const others = [at('a', 1024, 0.1), at('b', 128, 0.1), at('a', 128, 0.1, 'wrk')];
    expect(compare(baseline, others)).toEqual([]);
  });
});

describe('isAsGood', () => {
  const good = { name: 'a, 128', before: 0.5, now: 0.5, worse: false };

  it('is false when a single ratio is worse', () => {
    expect(isAsGood([good, good])).toBe(true);
    expect(isAsGood([good, { ...good, worse: true }])).toBe(false);
  });

  it('is false when there is nothing to compare', () => {
    expect(isAsGood([])).toBe(false);
    expect(comparisonText([])).toContain('none of these scenarios');
  });
});

describe('comparisonText', () => {
  it('lists only ratios that are worse, and by how much', () => {
    const text = comparisonText(compare([at('a', 128, 0.5), at('b', 1, 1)], [at('a', 128, 0.25), at('b', 1, 1)]));
    expect(text).toContain('1 of 2 ratios');
    expect(text).toContain('a, 128, autocannon: 0.500 before, 0.250 now (-50 %)');
    expect(text).not.toContain('b, 1,');
  });

  it('says how many ratios were compared when none is worse', () => {
    expect(comparisonText(compare([at('a', 128, 0.5)], [at('a', 128, 0.5)]))).toContain('none of 1 ratios');
  });
});
