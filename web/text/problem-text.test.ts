import { describe, expect, it } from 'vitest';
import { problemText } from './problem-text.ts';

const problem = (code: string, more: object = {}) => ({
  status: 409,
  code,
  title: code,
  detail: `about ${code}`,
  ...more,
});
const now = Date.UTC(2030, 0, 1);

describe('the text of a problem', () => {
  it('of a sale that has not opened says when it opens, by the server’s clock', () => {
    const opensAt = new Date(now + 65_000).toISOString();
    expect(problemText(problem('not_started', { opensAt }), now)).toBe('Not open yet: it opens in 1 minute 5 seconds.');
    for (const clock of [undefined, now + 65_000]) {
      expect(problemText(problem('not_started', { opensAt }), clock)).toContain('Try again');
    }
    expect(problemText(problem('not_started'), now)).toContain('Try again');
  });

  it('is written for buyers where they can act on it, and otherwise the server’s', () => {
    expect(problemText(problem('sold_out'), now)).toMatch(/^Sold out/);
    expect(problemText(problem('limit_reached'), now)).toContain('more tickets than one person may hold');
    expect(problemText(problem('key_mismatch'), now)).toBe('about key_mismatch');
  });
});
