import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

/** A machine whose clock is `offset` behind the server's, and a network with delays that the test chooses. */
function machine(offset: number) {
  let monotonic = 5_000;
  let ahead = offset;
  const clock = new ServerClock(() => monotonic);
  return {
    clock,
    exchange(there: number, back: number) {
      const since = clock.mark();
      monotonic += there;
      const serverTime = Math.floor(monotonic + ahead);
      monotonic += back;
      clock.observe(serverTime, since);
    },
    pass(ms: number) {
      monotonic += ms;
    },
    /** The machine sleeps, and its clock stops. */
    sleep(ms: number) {
      ahead += ms;
    },
    off: () => Math.abs((clock.now() ?? Number.NaN) - (monotonic + ahead)),
  };
}

const delay = fc.integer({ min: 0, max: 4_000 });
const RESOLUTION = 1;

describe('the server’s clock', () => {
  it('is unknown before the first measurement', () => {
    expect(new ServerClock(() => 0).now()).toBeUndefined();
  });

  it('is off by at most half the shortest round trip, for any delays and any machine clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 20 }),
        (offset, trips) => {
          const { clock, exchange, off } = machine(offset);
          for (const [there, back] of trips) exchange(there, back);
          const shortest = Math.min(...trips.map(([there, back]) => there + back));
          // Other measurements replace the best one as it ages: by the possible drift since it was taken.
          const aged = trips.reduce((sum, [there, back]) => sum + there + back, 0) * 0.0002;
          expect(clock.now()).toBeDefined();
          expect(off()).toBeLessThanOrEqual(shortest / 2 + aged + 2 * RESOLUTION);
        },
      ),
    );
  });

  it('keeps the best of several measurements', () => {
    const { exchange, off } = machine(600_000);
    exchange(10, 10);
    exchange(3_000, 0);
    expect(off()).toBeLessThanOrEqual(2 * RESOLUTION);
  });

  it('is measured anew after the machine slept', () => {
    const { exchange, sleep, off } = machine(0);
    exchange(5, 5);
    sleep(3_600_000);
    exchange(900, 100);
    expect(off()).toBeLessThanOrEqual(500 + RESOLUTION);
    exchange(5, 5);
    expect(off()).toBeLessThanOrEqual(5 + RESOLUTION);
  });

  it('replaces an old measurement by a new one that is slightly worse', () => {
    const { exchange, pass, sleep, off } = machine(0);
    exchange(1, 1);
    pass(600_000);
    // Within the possible drift, so that the measurements do not contradict each other.
    sleep(60);
    exchange(8, 8);
    expect(off()).toBeLessThanOrEqual(8 + RESOLUTION);
  });

  it('ignores an invalid time', () => {
    const { clock, exchange } = machine(0);
    exchange(1, 1);
    const before = clock.now();
    clock.observe(Number.NaN, clock.mark());
    expect(clock.now()).toBe(before);
  });
});
