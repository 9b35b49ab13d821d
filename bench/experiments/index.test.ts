import { describe, expect, it } from 'vitest';
import { UsageError } from '../runner/options.ts';
import { EXPERIMENT_LIST, runExperiment, valuesOf } from './index.ts';

const DEFAULTS = { seconds: 5, on: ['embedded', 'cluster'], svg: '' } as const;

describe('valuesOf', () => {
  it('has defaults, the first choice among them', () => {
    expect(valuesOf(DEFAULTS, [])).toEqual({ seconds: 5, on: 'embedded', svg: '' });
  });

  it('takes values of each kind from the arguments', () => {
    const args = ['--seconds', '2', '--on', 'cluster', '--svg', 'a.svg'];
    expect(valuesOf(DEFAULTS, args)).toEqual({ seconds: 2, on: 'cluster', svg: 'a.svg' });
  });

  it.each([
    ['--seconds', 'x'],
    ['--seconds', '-1'],
    ['--on', 'both'],
    ['--rounds', '5'],
    ['expiry', ''],
  ])('refuses %s %s', (...args) => {
    expect(() => valuesOf(DEFAULTS, args)).toThrow(UsageError);
  });
});

describe('runExperiment', () => {
  it('refuses an unknown name, and lists the known ones', async () => {
    const running = runExperiment(['foo'], () => {});
    await expect(running).rejects.toThrow(UsageError);
    await expect(running).rejects.toThrow('no experiment foo; there are builds, embedded-engine');
  });
});

describe('EXPERIMENT_LIST', () => {
  it('has a line for each experiment, with the reason why it is no scenario', () => {
    const lines = EXPERIMENT_LIST.split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.every((line) => line.includes('; no scenario, since '))).toBe(true);
  });
});
