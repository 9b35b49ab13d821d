import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Admission } from './admission.ts';

const LIMITS = { batchSize: 64, concurrency: 8, capacity: 8192, deadlineMs: 2000 };

interface Pace {
  readonly everyMs: number;
  readonly waiting?: number;
  readonly tookMs?: number;
}

/** A server that finishes a full batch at a fixed interval while `waiting` purchases wait. */
function rig(limits = LIMITS) {
  const admission = new Admission(limits);
  let now = 0;
  return {
    admission,
    serve(batches: number, { everyMs, waiting = 1000, tookMs = 2 }: Pace): void {
      for (let n = 0; n < batches; n += 1) {
        now += everyMs;
        admission.observe({ size: 64, tookMs, underWay: 8, waiting }, now);
      }
    },
    capacity: () => admission.narrowed(limits).capacity,
    concurrency: () => admission.narrowed(limits).concurrency,
  };
}

describe('Admission', () => {
  it('allows the configured capacity as long as nothing had to wait', () => {
    const { serve, capacity } = rig();
    expect(capacity()).toBe(8192);
    serve(100, { everyMs: 50, waiting: 0 });
    expect(capacity()).toBe(8192);
  });

  it('keeps the full capacity for a sudden crowd, for three windows of 100 ms', () => {
    const { serve, capacity } = rig();
    serve(31, { everyMs: 10 });
    expect(capacity()).toBe(8192);
    serve(10, { everyMs: 10 });
    expect(capacity()).toBeLessThan(8192);
  });

  it('keeps the full capacity after a single stall of the server, however long', () => {
    const { serve, capacity } = rig();
    serve(1, { everyMs: 900 });
    serve(10, { everyMs: 10 });
    expect(capacity()).toBe(8192);
  });

  it('under sustained overload bounds the queue to what is served in a twentieth of the deadline', () => {
    const { serve, capacity } = rig();
    // 32,000 a second: 3,200 in 100 ms.
    serve(1000, { everyMs: 2 });
    expect(capacity()).toBeGreaterThan(3200 * 0.95);
    expect(capacity()).toBeLessThan(3200 * 1.05);
  });

  it('always allows 1,024 to wait if they are served within half of the deadline', () => {
    const { serve, capacity } = rig();
    serve(200, { everyMs: 10 });
    expect(capacity()).toBe(1024);
  });

  it('follows a slowing server, down to what is served within half of the deadline', () => {
    const { serve, capacity } = rig();
    serve(200, { everyMs: 10 });
    serve(12, { everyMs: 100 });
    expect(capacity()).toBeGreaterThanOrEqual(640);
    expect(capacity()).toBeLessThan(650);
  });

  it('allows only one batch in flight and one waiting when round trips approach the deadline', () => {
    const { serve, capacity, concurrency } = rig();
    serve(200, { everyMs: 10 });
    serve(60, { everyMs: 1500, tookMs: 1500 });
    expect(concurrency()).toBe(1);
    expect(capacity()).toBe(64);
  });

  it('does not mistake its own long event-loop turns for a slow server', () => {
    const { serve, concurrency } = rig();
    serve(200, { everyMs: 10 });
    serve(200, { everyMs: 10, tookMs: 95 });
    expect(concurrency()).toBe(8);
  });

  it('returns to the configured capacity within a second once nothing waits', () => {
    const { serve, capacity } = rig();
    serve(10, { everyMs: 2000 });
    expect(capacity()).toBe(8 * 64);
    serve(10, { everyMs: 100, waiting: 0 });
    expect(capacity()).toBe(8192);
  });

  it('ignores the throughput of idle periods', () => {
    const { serve, capacity } = rig();
    serve(100, { everyMs: 200, waiting: 0 });
    serve(100, { everyMs: 2 });
    serve(250, { everyMs: 2 });
    expect(capacity()).toBeGreaterThan(2000);
  });

  it('never exceeds the current configuration', () => {
    const { admission, serve } = rig();
    serve(200, { everyMs: 1 });
    const smaller = { ...LIMITS, capacity: 100, concurrency: 2 };
    admission.configure(smaller);
    expect(admission.narrowed(smaller)).toEqual(smaller);
  });

  it('reports when the limits may have changed, and not with each batch', () => {
    const admission = new Admission(LIMITS);
    const changes = Array.from({ length: 21 }, (_, n) =>
      admission.observe({ size: 64, tookMs: 2, underWay: 8, waiting: 9 }, n * 10),
    );
    expect(changes.filter(Boolean)).toHaveLength(2);
  });

  it('reports every change', () => {
    const batch = fc.record({
      size: fc.integer({ min: 1, max: 256 }),
      tookMs: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: undefined }),
      underWay: fc.nat(8),
      waiting: fc.nat(8192),
      after: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 100 }), (batches) => {
        const admission = new Admission(LIMITS);
        let before = admission.narrowed(LIMITS);
        let now = 0;
        for (const { after, ...each } of batches) {
          now += after;
          const mayDiffer = admission.observe(each, now);
          const limits = admission.narrowed(LIMITS);
          if (!mayDiffer) expect(limits).toEqual(before);
          expect(limits.capacity).toBeGreaterThanOrEqual(64);
          expect(limits.capacity).toBeLessThanOrEqual(8192);
          before = limits;
        }
      }),
    );
  });
});
