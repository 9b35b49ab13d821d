import { describe, expect, it } from 'vitest';
import { choose, parseOptions, UsageError } from './options.ts';
import type { Scenario } from './scenario.ts';

describe('parseOptions', () => {
  it('runs all scenarios for five rounds of five seconds by default', () => {
    expect(parseOptions([])).toMatchObject({
      mode: 'scenarios',
      names: [],
      rounds: 5,
      seconds: 5,
      clients: ['autocannon', 'wrk'],
    });
  });

  it('takes the mode from the first word, and the names after it', () => {
    expect(parseOptions(['memory', 'success'])).toMatchObject({ mode: 'memory', names: ['success'] });
    expect(parseOptions(['success', 'memory'])).toMatchObject({ mode: 'scenarios', names: ['success', 'memory'] });
  });

  it.each([
    [[], ['autocannon', 'wrk']],
    [
      ['--client', 'both'],
      ['autocannon', 'wrk'],
    ],
    [['--client', 'wrk'], ['wrk']],
    [['growth'], ['autocannon']],
    [['memory', '--client', 'wrk'], ['wrk']],
  ])('measures %j with %j', (args, clients) => {
    expect(parseOptions(args).clients).toEqual(clients);
  });

  it('accepts fractions of minutes', () => {
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
    ['growth', '--client', 'both'],
    ['memory', '--client', 'both'],
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
    ['growth', '--no-follow-up'],
    ['growth', '--profile'],
    ['micro', '--profile'],
    ['success', '--minutes', '5'],
    ['growth', '--minutes', '5'],
    ['micro', '--warm-up', '1'],
    ['memory', '--rounds', '5'],
    ['memory', '--compare', 'a.json'],
    ['growth', '--compare', 'a.json'],
    ['micro', '--client', 'autocannon'],
  ])('refuses in %s an option that does not apply: %s', (mode, option, ...value) => {
    expect(() => parseOptions([mode, option, ...value])).toThrow(UsageError);
    expect(() => parseOptions([mode, option, ...value])).toThrow(`${option} is for`);
  });

  it.each(['micro', 'memory', 'growth'])('accepts %s with --publish and no other option', (mode) => {
    expect(parseOptions([mode, '--publish'])).toMatchObject({ mode, publish: true, profile: false });
  });
});

describe('choose', () => {
  const scenarios = ['success-embedded', 'success-cluster', 'success-cluster-workers', 'reads-cluster', 'reserve'].map(
    (name) => ({ name }) as Scenario,
  );
  const chosen = (...names: string[]) => choose(scenarios, names).map(({ name }) => name);

  it('selects by prefix', () => {
    expect(chosen('success')).toEqual(['success-embedded', 'success-cluster', 'success-cluster-workers']);
  });

  it('selects only the scenario of a full name', () => {
    expect(chosen('success-cluster')).toEqual(['success-cluster']);
  });

  it('refuses a part of a name', () => {
    expect(() => chosen('rese')).toThrow(UsageError);
    expect(() => chosen('reads', 'rese')).toThrow('no scenario rese; there are success-embedded, ');
  });

  it('keeps the order of the suite, without duplicates', () => {
    expect(chosen('reserve', 'success-cluster', 'success-embedded', 'reserve')).toEqual([
      'success-embedded',
      'success-cluster',
      'reserve',
    ]);
  });

  it('selects all without names', () => {
    expect(chosen()).toHaveLength(scenarios.length);
  });
});
