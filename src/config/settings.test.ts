import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS, settingsHelp } from './settings.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('settingsHelp', () => {
  const help = settingsHelp();

  it.each(Object.entries(SETTINGS))('explains %s with its range and default', (name, setting) => {
    const entry = entryOf(name);
    expect(entry).toContain(setting.meaning);
    expect(entry.toLowerCase()).toContain(setting.accepts.toLowerCase());
    expect(entry).toContain(`Default: ${setting.defaultText}.`);
  });

  it('fits a terminal of 100 columns', () => {
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  /** The text between a setting's name and the next one's, on one line. */
  function entryOf(name: string): string {
    const lines = help.split('\n');
    const start = lines.findIndex((line) => line.startsWith(`  ${name} `));
    const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('     '));
    const entry = lines.slice(start, length < 0 ? undefined : start + 1 + length);
    return entry.join(' ').replace(name, '').replaceAll(/\s+/g, ' ').trim();
  }
});

describe('the README', () => {
  it.each(Object.entries(SETTINGS).filter(([, setting]) => !setting.tuning))(
    'lists %s with its default',
    (name, { defaultText }) => {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row).toContain(defaultText);
    },
  );
});

describe('the defaults', () => {
  it.each(Object.entries(SETTINGS).filter(([, { default: value }]) => ['string', 'number'].includes(typeof value)))(
    'of %s would be accepted if it were set',
    (_name, setting) => {
      expect(setting.parse(String(setting.default))).toEqual({ value: setting.default });
    },
  );
});
