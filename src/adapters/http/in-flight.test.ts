import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InFlight, type Unanswered } from './in-flight.ts';

describe('InFlight', () => {
  let inFlight: InFlight;
  let ended: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    ended = [];
    inFlight = new InFlight();
    inFlight.watch({ bodyWithinMs: 1000, answerWithinMs: 5000 });
  });
  afterEach(() => {
    inFlight.stop();
    vi.useRealTimers();
  });

  function request(name: string): Unanswered {
    const one: Unanswered = {
      previous: undefined,
      next: undefined,
      since: 0,
      receiving: false,
      cut: () => end(one, `${name} cut`),
      answerOverdue: () => end(one, `${name} answered for`),
    };
    inFlight.add(one);
    return one;
  }

  function end(one: Unanswered, how: string): void {
    ended.push(how);
    inFlight.remove(one);
  }

  it('cuts a body and answers for a handler when each is late, and not before', () => {
    inFlight.move(request('slow body'), true);
    request('slow handler');
    vi.advanceTimersByTime(999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(201);
    expect(ended).toEqual(['slow body cut']);
    vi.advanceTimersByTime(3799);
    expect(ended).toHaveLength(1);
    vi.advanceTimersByTime(201);
    expect(ended).toEqual(['slow body cut', 'slow handler answered for']);
    expect(inFlight.size).toBe(0);
  });

  it('counts the handler’s time from the end of the body', () => {
    const one = request('one');
    inFlight.move(one, true);
    vi.advanceTimersByTime(900);
    inFlight.move(one, false);
    vi.advanceTimersByTime(4900);
    expect(ended).toEqual([]);
    expect(inFlight.size).toBe(1);
  });

  it('is idle when the last request has ended', async () => {
    const [a, b] = [request('a'), request('b')];
    const told: string[] = [];
    const idle = inFlight.idle(60_000).then(() => told.push('idle'));
    inFlight.remove(a);
    await Promise.resolve();
    expect(told).toEqual([]);
    inFlight.remove(b);
    await idle;
    expect(told).toEqual(['idle']);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('does not wait to be idle for longer than it may', async () => {
    request('a');
    const idle = inFlight.idle(100);
    vi.advanceTimersByTime(100);
    await idle;
    expect(inFlight.size).toBe(1);
  });
});
