import { describe, expect, it } from 'vitest';
import { compare, comparisonText, isAsGood } from './compare.ts';

const at = (scenario: string, connections: number, median: number, client = 'autocannon') => ({
  scenario,
  connections,
  client,
  ratio: { median, min: 0, max: 1 },
});

describe('compare', () => {
  it('finds a ratio that is more than a tenth worse', () => {
    const [one] = compare([at('a', 128, 0.5)], [at('a', 128, 0.449)]);
    expect(one).toEqual({ name: 'a, 128', before: 0.5, now: 0.449, worse: true });
  });

  it('lets a tenth pass, and whatever is better', () => {
    expect(compare([at('a', 128, 0.5)], [at('a', 128, 0.451)])[0]?.worse).toBe(false);
    expect(compare([at('a', 128, 0.5)], [at('a', 128, 5)])[0]?.worse).toBe(false);
  });

  it('holds nothing against what it was not measured as', () => {
    const baseline = [at('a', 128, 0.5)];
    const others = [at('a', 1024, 0.1), at('b', 128, 0.1), at('a', 128, 0.1, 'wrk')];
    expect(compare(baseline, others)).toEqual([]);
  });
});

describe('isAsGood', () => {
  const good = { name: 'a, 128', before: 0.5, now: 0.5, worse: false };

  it('is spoilt by a single one that is worse', () => {
    expect(isAsGood([good, good])).toBe(true);
    expect(isAsGood([good, { ...good, worse: true }])).toBe(false);
  });

  it('takes nothing to compare for no pass', () => {
    expect(isAsGood([])).toBe(false);
    expect(comparisonText([])).toContain('none of these scenarios');
  });
});

describe('comparisonText', () => {
  it('lists which are worse, by how much, and none of the others', () => {
    const text = comparisonText(compare([at('a', 128, 0.5), at('b', 1, 1)], [at('a', 128, 0.25), at('b', 1, 1)]));
    expect(text).toContain('1 of 2 ratios');
    expect(text).toContain('a, 128: 0.500 before, 0.250 now (-50 %)');
    expect(text).not.toContain('b, 1');
  });

  it('says that all is well, of how many', () => {
    expect(comparisonText(compare([at('a', 128, 0.5)], [at('a', 128, 0.5)]))).toContain('none of 1 ratios');
  });
});
