import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InFlight, type InFlightRequest } from './in-flight.ts';

describe('InFlight', () => {
  let inFlight: InFlight;
  let ended: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    ended = [];
    inFlight = new InFlight();
    inFlight.start({ bodyWithinMs: 1000, answerWithinMs: 5000 });
  });
  afterEach(() => {
    inFlight.stop();
    vi.useRealTimers();
  });

  function request(name: string): InFlightRequest {
    const entry: InFlightRequest = {
      previous: undefined,
      next: undefined,
      since: 0,
      receiving: false,
      abort: () => end(entry, `${name} aborted`),
      answerOverdue: () => end(entry, `${name} answered for`),
    };
    inFlight.add(entry);
    return entry;
  }

  function end(entry: InFlightRequest, how: string): void {
    ended.push(how);
    inFlight.remove(entry);
  }

  it('aborts a slow body and answers for a slow handler when the time limit of each is over, and not before', () => {
    inFlight.move(request('slow body'), true);
    request('slow handler');
    vi.advanceTimersByTime(999);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(201);
    expect(ended).toEqual(['slow body aborted']);
    vi.advanceTimersByTime(3799);
    expect(ended).toHaveLength(1);
    vi.advanceTimersByTime(201);
    expect(ended).toEqual(['slow body aborted', 'slow handler answered for']);
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
    const events: string[] = [];
    const idle = inFlight.idle(60_000).then(() => events.push('idle'));
    inFlight.remove(a);
    await Promise.resolve();
    expect(events).toEqual([]);
    inFlight.remove(b);
    await idle;
    expect(events).toEqual(['idle']);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('waits to be idle no longer than the grace period', async () => {
    request('a');
    const idle = inFlight.idle(100);
    vi.advanceTimersByTime(100);
    await idle;
    expect(inFlight.size).toBe(1);
  });
});
