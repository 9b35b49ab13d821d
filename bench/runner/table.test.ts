import { describe, expect, it } from 'vitest';
import { aResult } from './sample-result.ts';
import { markdownTable, ownLoadRows, resultRows, scenarioRows, terminalTable } from './table.ts';

type More = Parameters<typeof aResult>[0];

const rowOf = (more: More) => resultRows([aResult(more)])[0] ?? {};
const targetOf = (more: More) => rowOf(more)['autocannon: target'];

describe('resultRows', () => {
  it('has rate and ceiling, and the ratio with minimum and maximum', () => {
    expect(rowOf({})).toMatchObject({
      'autocannon: ceiling/s': '70,000',
      'autocannon: rate/s': '35,000 sold',
      'autocannon: ratio (min..max)': '0.500 (0.420..0.510)',
      'autocannon: p50, p99, ms': '20.0, 123',
    });
  });

  it('says whether the target is met', () => {
    expect(targetOf({})).toBe('0.45 met');
    expect(targetOf({ target: 0.51 })).toBe('0.51 MISSED');
    const { target: _, ...untargeted } = aResult();
    expect(resultRows([untargeted])[0]?.['autocannon: target']).toBe('');
  });

  it('misses the target when a figure exceeds its limit, or was not measured', () => {
    expect(rowOf({ figures: [{ name: 'p99, ms', value: 26, atMost: 25 }] })).toMatchObject({
      'autocannon: target': '0.45 MISSED',
      'also measured': 'p99, ms: 26.0 (at most 25.0: MISSED)',
    });
    expect(targetOf({ figures: [{ name: 'p99, ms', value: Number.NaN, atMost: 25 }] })).toBe('0.45 MISSED');
    const read = JSON.parse(JSON.stringify({ name: 'p99, ms', value: Number.NaN, atMost: 25 }));
    expect(targetOf({ figures: [read] })).toBe('0.45 MISSED');
    expect(targetOf({ figures: [{ name: 'p99, ms', value: 24, atMost: 25 }] })).toBe('0.45 met');
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

describe('resultRows with two clients', () => {
  const byWrk = aResult({
    client: 'wrk',
    ceiling: { median: 90_000, min: 0, max: 0 },
    ratio: { median: 0.2, min: 0.1, max: 0.3 },
    target: 0.36,
    figures: [{ name: 'p99, ms', value: 5 }],
    disturbed: ['round 1: …'],
  });

  it('has the figures of both in one row', () => {
    const rows = resultRows([aResult(), byWrk, aResult({ connections: 128 })]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      'autocannon: ceiling/s': '70,000',
      'autocannon: target': '0.45 met',
      'wrk: ceiling/s': '90,000',
      'wrk: ratio (min..max)': '0.200 (0.100..0.300)',
      'wrk: target': '0.36 MISSED',
    });
    expect(rows[1]).toMatchObject({ connections: '128', 'wrk: ceiling/s': '' });
  });

  it('names the client where they differ, and says once what they share', () => {
    expect(resultRows([aResult(), byWrk])[0]).toMatchObject({
      'also measured': 'wrk: p99, ms: 5.00',
      check: 'passed',
      disturbed: 'wrk: 1 of 5 rounds',
      rounds: '5 of 5 s',
      commit: 'abc1234',
    });
  });
});

describe('ownLoadRows', () => {
  it('has the scenarios without an HTTP client, and only those', () => {
    const own = aResult({ scenario: 'settlement', client: 'own' });
    expect(ownLoadRows([aResult(), own])).toMatchObject([{ scenario: 'settlement', 'ceiling/s': '70,000' }]);
    expect(resultRows([aResult(), own])).toHaveLength(1);
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

  it('leaves out columns that are empty in all rows', () => {
    expect(
      markdownTable([
        { a: '1', b: '', c: '' },
        { a: '2', b: '', c: 'x' },
      ]),
    ).toBe('| a | c |\n|---|---|\n| 1 |  |\n| 2 | x |');
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
