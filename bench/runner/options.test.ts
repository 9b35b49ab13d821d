import { describe, expect, it } from 'vitest';
import { choose, parseOptions } from './options.ts';
import type { Scenario } from './scenario.ts';
import { UsageError } from './usage-error.ts';

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
    ['memory', '--minutes', 'x'],
    ['memory', '--minutes', 'Infinity'],
    ['memory', '--warm-up', '0'],
    ['--rounds'],
    ['--rounds', '--seconds', '5'],
    ['--no-such-option'],
  ])('refuses %s %s %s in one line', (...args) => {
    const call = () => parseOptions(args);
    expect(call).toThrow(UsageError);
    expect(call).toThrow(/^.+$/);
  });

  it.each([
    ['growth', '--connections', '128'],
    ['micro', '--connections', '128'],
    ['memory', '--profile'],
    ['growth', '--profile'],
    ['micro', '--profile'],
    ['success', '--minutes', '5'],
    ['growth', '--minutes', '5'],
    ['micro', '--warm-up', '1'],
    ['memory', '--rounds', '5'],
    ['memory', '--compare', 'a.json'],
    ['growth', '--compare', 'a.json'],
    ['micro', '--client', 'autocannon'],
  ])('refuses in %s what it has no use for: %s', (mode, option, ...value) => {
    expect(() => parseOptions([mode, option, ...value])).toThrow(UsageError);
    expect(() => parseOptions([mode, option, ...value])).toThrow(`${option} is for`);
  });

  it.each(['micro', 'memory', 'growth'])('takes %s without any option, and with --publish', (mode) => {
    expect(parseOptions([mode, '--publish'])).toMatchObject({ mode, publish: true, profile: false });
  });
});

describe('choose', () => {
  const scenarios = ['success-embedded', 'success-cluster', 'success-cluster-workers', 'reads-cluster', 'reserve'].map(
    (name) => ({ name }) as Scenario,
  );
  const chosen = (...names: string[]) => choose(scenarios, names).map(({ name }) => name);

  it('takes all that begin with a name', () => {
    expect(chosen('success')).toEqual(['success-embedded', 'success-cluster', 'success-cluster-workers']);
  });

  it('takes a whole name for that one, and none that goes on', () => {
    expect(chosen('success-cluster')).toEqual(['success-cluster']);
  });

  it('takes a part of a name for no name', () => {
    expect(() => chosen('rese')).toThrow(UsageError);
    expect(() => chosen('reads', 'rese')).toThrow('no scenario rese; there are success-embedded, ');
  });

  it('keeps the order of the suite, and each once', () => {
    expect(chosen('reserve', 'success-cluster', 'success-embedded', 'reserve')).toEqual([
      'success-embedded',
      'success-cluster',
      'reserve',
    ]);
  });

  it('takes all of none', () => {
    expect(chosen()).toHaveLength(scenarios.length);
  });
});
