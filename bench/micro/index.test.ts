import { describe, expect, it } from 'vitest';
import { UsageError } from '../runner/options.ts';
import { chooseMicros, MICRO_NAMES } from './index.ts';

const chosen = (...words: string[]) => chooseMicros(words).map(({ name }) => name);

describe('chooseMicros', () => {
  it('selects by word, and all without words', () => {
    expect(chosen('seen before')).toEqual(['token: seen before']);
    expect(chosen()).toEqual(MICRO_NAMES);
  });

  it('refuses a word without a match, and lists the names', () => {
    expect(() => chosen('token', 'foo')).toThrow(UsageError);
    expect(() => chosen('foo')).toThrow('token: verified anew');
  });

  it('has the default batch sizes of a front in the names', () => {
    expect(MICRO_NAMES).toContain('batch-map: an item through batches of 128, 4 keys, 4 at once');
    expect(MICRO_NAMES).toContain('log-codec: encode, a reservation of 128');
  });
});
