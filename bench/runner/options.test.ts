import { describe, expect, it } from 'vitest';
import { choose, parseOptions } from './options.ts';
import type { Scenario } from './scenario.ts';

describe('parseOptions', () => {
  it('runs all scenarios for five rounds of five seconds by default', () => {
    expect(parseOptions([])).toMatchObject({
      mode: 'scenarios',
      names: [],
      rounds: 5,
      seconds: 5,
      client: 'autocannon',
    });
  });

  it('takes a mode from the first word, and the names behind it', () => {
    expect(parseOptions(['memory', 'success'])).toMatchObject({ mode: 'memory', names: ['success'] });
    expect(parseOptions(['success', 'memory'])).toMatchObject({ mode: 'scenarios', names: ['success', 'memory'] });
  });

  it('takes parts of minutes', () => {
    expect(parseOptions(['memory', '--warm-up', '0.5'])).toMatchObject({ minutes: 5, warmUpMinutes: 0.5 });
  });

  it('reads lists of connections', () => {
    expect(parseOptions(['--connections', '128,1024']).connections).toEqual([128, 1024]);
  });

  it.each([
    ['--rounds', '0'],
    ['--seconds', '1.5'],
    ['--connections', '128,'],
    ['--client', 'ab'],
    ['--minutes', 'x'],
    ['--warm-up', '0'],
  ])('refuses %s %s', (name, value) => {
    expect(() => parseOptions([name, value])).toThrow(TypeError);
  });
});

describe('choose', () => {
  const scenarios = ['success-embedded', 'success-cluster', 'reads-cluster', 'reserve'].map(
    (name) => ({ name }) as Scenario,
  );
  const chosen = (...names: string[]) => choose(scenarios, names).map(({ name }) => name);

  it('takes all that begin with a name', () => {
    expect(chosen('success')).toEqual(['success-embedded', 'success-cluster']);
  });

  it('takes a part of a name for no name', () => {
    expect(() => chosen('rese')).toThrow('no scenario rese');
  });

  it('keeps the order of the suite, and each once', () => {
    expect(chosen('reserve', 'success', 'success-cluster')).toEqual(['success-embedded', 'success-cluster', 'reserve']);
  });

  it('takes all of none', () => {
    expect(chosen()).toHaveLength(scenarios.length);
  });
});
