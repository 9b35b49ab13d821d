import { describe, expect, it } from 'vitest';
import { wrkVersion } from './wrk.ts';

describe('wrkVersion', () => {
  it('is undefined on a machine without wrk', () => {
    expect(wrkVersion('/nonexistent')).toBeUndefined();
  });
});
