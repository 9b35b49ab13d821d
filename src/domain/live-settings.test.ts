import { describe, expect, it } from 'vitest';
import { aSettings } from '../../test/support/settings.ts';
import { byFullName, isValidSetting, SETTING_RANGES, withOverrides } from './live-settings.ts';

describe('the live settings', () => {
  it('have a range that includes their default', () => {
    const defaults = byFullName(aSettings());
    expect([...defaults.keys()]).toEqual([...SETTING_RANGES.keys()]);
    for (const [name, value] of defaults) expect(isValidSetting(name, value), name).toBe(true);
  });

  it.each([
    ['purchase.batchSize', 1, 256, [0, 257, 1.5, '64', null, undefined]],
    ['purchase.soldOutMs', 0, 10_000, [-1, 10_001, Number.NaN]],
    ['breakers.failureShare', 0.01, 0.99, [0, 1, '0.5', Number.NaN]],
    ['logLevel', 'silent', 'trace', ['loud', '', 1, 'toString']],
  ])('keep %s in its range', (name, least, most, bad) => {
    expect([isValidSetting(name, least), isValidSetting(name, most)]).toEqual([true, true]);
    for (const value of bad) expect(isValidSetting(name, value), String(value)).toBe(false);
  });

  it.each(['purchase', 'batchSize', 'purchase.', 'constructor', '__proto__', ''])('do not include %j', (name) => {
    expect(isValidSetting(name, 1)).toBe(false);
  });
});

describe('withOverrides', () => {
  it('changes the named settings only', () => {
    const defaults = aSettings();
    const settings = withOverrides(defaults, { logLevel: 'debug', 'purchase.capacity': 5 });
    expect(settings).toEqual({ ...defaults, logLevel: 'debug', purchase: { ...defaults.purchase, capacity: 5 } });
    expect(withOverrides(defaults, {})).toEqual(aSettings());
  });

  it('ignores what is unknown to this release, and what is out of range', () => {
    const overrides = { 'purchase.capacity': 0, logLevel: 'loud', 'future.setting': 1, purchase: 3, toString: 'x' };
    expect(withOverrides(aSettings(), overrides)).toEqual(aSettings());
  });
});
