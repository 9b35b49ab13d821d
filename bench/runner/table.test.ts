import { describe, expect, it } from 'vitest';
import { aResult } from './sample-result.ts';
import { markdownTable, resultRows, scenarioRows, terminalTable } from './table.ts';

const rowOf = (more: Parameters<typeof aResult>[0]) => resultRows([aResult(more)])[0] ?? {};

describe('resultRows', () => {
  it('has the rate beside its ceiling, and the ratio with its spread', () => {
    expect(rowOf({})).toMatchObject({
      'ceiling/s': '70,000',
      'a second': '35,000 sold',
      'ratio (min..max)': '0.500 (0.420..0.510)',
      'p50, p99 ms': '20.0, 123',
    });
  });

  it('says plainly whether the target is met', () => {
    expect(rowOf({}).target).toBe('0.45 met');
    expect(rowOf({ target: 0.51 }).target).toBe('0.51 MISSED');
    const { target: _, ...untargeted } = aResult();
    expect(resultRows([untargeted])[0]?.target).toBe('');
  });

  it('misses the target when a limit beside it is exceeded, or was not measured', () => {
    expect(rowOf({ figures: [{ name: 'p99, ms', value: 26, atMost: 25 }] })).toMatchObject({
      target: '0.45 MISSED',
      beside: 'p99, ms: 26.0 (at most 25.0: MISSED)',
    });
    expect(rowOf({ figures: [{ name: 'p99, ms', value: Number.NaN, atMost: 25 }] }).target).toBe('0.45 MISSED');
    const read = JSON.parse(JSON.stringify({ name: 'p99, ms', value: Number.NaN, atMost: 25 }));
    expect(rowOf({ figures: [read] }).target).toBe('0.45 MISSED');
    expect(rowOf({ figures: [{ name: 'p99, ms', value: 24, atMost: 25 }] }).target).toBe('0.45 met');
  });

  it('says how often, how long and on what it was measured', () => {
    expect(rowOf({ rounds: 5, seconds: 2, commit: 'abc1234+' })).toMatchObject({
      'rounds, s': '5 of 2',
      commit: 'abc1234+',
    });
  });

  it('shouts when the check failed, and tells of disturbed rounds', () => {
    expect(
      rowOf({
        verdicts: [
          { ok: true, what: '' },
          { ok: false, what: '' },
        ],
      }).checked,
    ).toBe('WRONG');
    expect(rowOf({ disturbed: ['round 2: …'] }).disturbed).toBe('1 of 5 rounds');
  });
});

describe('scenarioRows', () => {
  it('tells once of each scenario what it is and what it is held against', () => {
    const shown = { shows: 'a sale', ceilingName: 'an echo' };
    expect(scenarioRows([aResult({ ...shown, connections: 128 }), aResult(shown)])).toEqual([
      { scenario: 'success-cluster', shows: 'a sale', ceiling: 'an echo' },
    ]);
  });
});

describe('markdownTable', () => {
  it('has a head, a rule and a line a row', () => {
    expect(
      markdownTable([
        { a: '1', b: '2' },
        { a: '3', b: 'x|y' },
      ]),
    ).toBe('| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | x\\|y |');
  });

  it('is nothing of nothing', () => {
    expect(markdownTable([])).toBe('');
  });
});

describe('terminalTable', () => {
  it('aligns the columns and leaves out those that are empty', () => {
    expect(
      terminalTable([
        { a: 'long one', b: '', c: '1' },
        { a: 'x', b: '', c: '22' },
      ]),
    ).toBe('a         c\nlong one  1\nx         22');
  });
});
