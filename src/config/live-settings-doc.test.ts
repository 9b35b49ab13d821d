import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTING_RANGES } from '../domain/live-settings.ts';
import { SETTINGS } from './settings.ts';

const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it.each([...SETTING_RANGES])(
  'docs/operations.md lists %s with its environment variable and its range',
  (name, range) => {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    const [, , environment = '', bounds = ''] = (row ?? '').split('|').map((cell) => cell.trim());
    expect(Object.keys(SETTINGS)).toContain(environment.replaceAll('`', ''));
    expect(bounds).toContain(range.kind === 'choice' ? range.values.join(', ') : `${range.min} to ${range.max}`);
  },
);
