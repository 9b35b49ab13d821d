import { describe, expect, it } from 'vitest';
import { countTests, summaryOf } from './test-counts.mjs';

const file = (status, ...tests) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });

describe('countTests', () => {
  it('adds up the tests of all files', () => {
    const testResults = [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed', 'todo')];
    expect(countTests({ testResults }, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(countTests({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toMatchObject({ failed: 1 });
  });

  it('counts a file whose tests passed but whose hooks failed as a failure', () => {
    expect(countTests({ testResults: [file('failed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts an exit code that no failed test explains as a failure', () => {
    expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('fails without a report, without a test, and when all tests were skipped', () => {
    expect(countTests(undefined, 0)).toMatchObject({ failed: 1 });
    expect(countTests({ testResults: [] }, 0)).toMatchObject({ failed: 1 });
    expect(countTests({ testResults: [file('passed', 'skipped')] }, 0)).toMatchObject({ failed: 1, skipped: 1 });
  });
});

describe('summaryOf', () => {
  it('is the line that CI reads', () => {
    expect(summaryOf({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(summaryOf({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped');
  });
});
