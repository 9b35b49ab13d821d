import { describe, expect, it } from 'vitest';
import { Deadline } from './deadline.ts';

describe('a deadline', () => {
  it('makes a request late that is older than it, and not one exactly that old', () => {
    const deadline = new Deadline({ monotonic: () => 10_000 }, 2000);
    expect(7999 < deadline.lateBefore()).toBe(true);
    expect(8000 < deadline.lateBefore()).toBe(false);
  });

  it('makes an answer due a little before that', () => {
    const deadline = new Deadline({ monotonic: () => 10_000 }, 2000);
    expect(deadline.answerDueBefore()).toBe(8100);
  });

  it('follows a change at once', () => {
    const deadline = new Deadline({ monotonic: () => 10_000 }, 2000);
    deadline.ms = 500;
    expect([deadline.lateBefore(), deadline.answerDueBefore()]).toEqual([9500, 9525]);
  });
});
