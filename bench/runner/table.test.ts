import { describe, expect, it } from 'vitest';
import { aResult } from './sample-result.ts';
import { markdownTable, resultRows, scenarioRows, terminalTable } from './table.ts';

const rowOf = (more: Parameters<typeof aResult>[0]) => resultRows([aResult(more)])[0] ?? {};

describe('resultRows', () => {
  it('has rate and ceiling, and the ratio with minimum and maximum', () => {
    expect(rowOf({})).toMatchObject({
      'ceiling/s': '70,000',
      'rate/s': '35,000 sold',
      'ratio (min..max)': '0.500 (0.420..0.510)',
      'p50, p99, ms': '20.0, 123',
    });
  });

  it('says whether the target is met', () => {
    expect(rowOf({}).target).toBe('0.45 met');
    expect(rowOf({ target: 0.51 }).target).toBe('0.51 MISSED');
    const { target: _, ...untargeted } = aResult();
    expect(resultRows([untargeted])[0]?.target).toBe('');
  });

  it('misses the target when a figure exceeds its limit, or was not measured', () => {
    expect(rowOf({ figures: [{ name: 'p99, ms', value: 26, atMost: 25 }] })).toMatchObject({
      target: '0.45 MISSED',
      'also measured': 'p99, ms: 26.0 (at most 25.0: MISSED)',
    });
    expect(rowOf({ figures: [{ name: 'p99, ms', value: Number.NaN, atMost: 25 }] }).target).toBe('0.45 MISSED');
    const read = JSON.parse(JSON.stringify({ name: 'p99, ms', value: Number.NaN, atMost: 25 }));
    expect(rowOf({ figures: [read] }).target).toBe('0.45 MISSED');
    expect(rowOf({ figures: [{ name: 'p99, ms', value: 24, atMost: 25 }] }).target).toBe('0.45 met');
  });

  it('has rounds, seconds and commit', () => {
    expect(rowOf({ rounds: 5, seconds: 2, commit: 'abc1234+' })).toMatchObject({
      rounds: '5 of 2 s',
      commit: 'abc1234+',
    });
  });

  it('shows a failed check and disturbed rounds', () => {
    expect(
      rowOf({
        verdicts: [
          { ok: true, what: '' },
          { ok: false, what: '' },
        ],
      }).check,
    ).toBe('FAILED');
    expect(rowOf({ disturbed: ['round 2: …'] }).disturbed).toBe('1 of 5 rounds');
  });
});

describe('scenarioRows', () => {
  it('describes each scenario and its ceiling once', () => {
    const shown = { shows: 'a sale', ceilingName: 'an echo' };
    expect(scenarioRows([aResult({ ...shown, connections: 128 }), aResult(shown)])).toEqual([
      { scenario: 'success-cluster', shows: 'a sale', ceiling: 'an echo' },
    ]);
  });
});

describe('markdownTable', () => {
  it('has a header, a rule and a line for each row', () => {
    expect(
      markdownTable([
        { a: '1', b: '2' },
        { a: '3', b: 'x|y' },
      ]),
    ).toBe('| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | x\\|y |');
  });

  it('is empty without rows', () => {
    expect(markdownTable([])).toBe('');
  });
});

describe('terminalTable', () => {
  it('aligns the columns and leaves out empty ones', () => {
    expect(
      terminalTable([
        { a: 'long one', b: '', c: '1' },
        { a: 'x', b: '', c: '22' },
      ]),
    ).toBe('a         c\nlong one  1\nx         22');
  });
});
