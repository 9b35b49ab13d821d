import { Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SimulatedLiveState } from '../../../test/simulator/servers/live-state.ts';
import { settled } from '../../../test/support/deferred.ts';
import { aRecord } from '../../../test/support/log-chunks.ts';
import { Fault } from '../../domain/errors.ts';
import type { LogAuditSource } from '../../ports/audit-source.ts';
import type { RebuiltSale } from '../../services/live-rebuild.ts';
import { liveRepairDefaults } from '../../streams/live-view/live-repair.ts';
import { repairLive } from './live-repair.ts';

const { everyMs, quietMs, busyMs, pauseFactor } = liveRepairDefaults;

/** A log of one record of three reservations of the sale `a`, and the live state without them. */
function rig() {
  const scheduler = new VirtualTimeScheduler();
  const live = new SimulatedLiveState();
  const sales$ = new Subject<readonly string[]>();
  const [repaired, retries]: [RebuiltSale[], number[]] = [[], []];
  const log = { next: 0, fault: undefined as Fault | undefined, reads: 0, tookMs: 0 };
  let lateMs = 0;
  const source: LogAuditSource = {
    ranges: async () => {
      if (log.fault !== undefined) throw log.fault;
      return [{ partition: 0, first: 0, next: log.next }];
    },
    async *entries([range]) {
      if (range === undefined || range.first >= range.next) return;
      log.reads += 1;
      lateMs += log.tookMs;
      const record = { ...aRecord([1, 2, 3]), saleId: 'a' };
      yield { partition: 0, entries: [{ offset: 0, record }].slice(range.first) };
    },
  };
  const clock = { monotonic: () => scheduler.now() + lateMs };
  const running = repairLive(
    sales$,
    { source, live },
    {
      clock,
      timers: { scheduler, wait: async () => {} },
      onRetry: (_error, waitMs) => retries.push(waitMs),
    },
  ).subscribe((sale) => repaired.push(sale));
  /** In the steps of the checks, whose promises settle between them. */
  const pass = async (ms: number) => {
    const end = scheduler.now() + ms;
    while (scheduler.now() < end) {
      scheduler.maxFrames = Math.min(end, scheduler.now() + everyMs / 5);
      scheduler.flush();
      scheduler.frame = scheduler.maxFrames;
      await settled();
    }
  };
  return { live, sales$, repaired, retries, log, running, pass };
}

describe('the repair of the live state', () => {
  it('corrects a sale once it is quiet', async () => {
    const { sales$, pass, repaired, live, log } = rig();
    await pass(everyMs);
    log.next = 1;
    sales$.next(['a']);
    await pass(quietMs - everyMs);
    expect(repaired).toEqual([]);
    await pass(2 * everyMs);
    expect(repaired).toMatchObject([{ saleId: 'a', reserved: 3 }]);
    expect(await live.sale('a')).toMatchObject({ reserved: 3 });
  });

  it('checks a sale that never rests too', async () => {
    const { sales$, pass, log } = rig();
    await pass(everyMs);
    log.next = 1;
    for (let ms = 0; ms < busyMs - everyMs; ms += everyMs) {
      sales$.next(['a']);
      await pass(everyMs);
    }
    expect(log.reads).toBe(0);
    for (let ms = 0; ms < 3 * everyMs; ms += everyMs) {
      sales$.next(['a']);
      await pass(everyMs);
    }
    expect(log.reads).toBe(1);
  });

  it('checks the sales of the last entries after a start, since their worker may have been killed', async () => {
    const { pass, repaired, log } = rig();
    log.next = 1;
    await pass(everyMs + quietMs + everyMs);
    expect(repaired).toMatchObject([{ saleId: 'a', reserved: 3 }]);
  });

  it('reads nothing while nothing is counted', async () => {
    const { pass, sales$, log } = rig();
    await pass(everyMs);
    log.next = 1;
    sales$.next(['a']);
    await pass(4 * quietMs);
    const { reads } = log;
    await pass(10 * busyMs);
    expect(log.reads).toBe(reads);
  });

  it('reports nothing when the figures are right', async () => {
    const { pass, sales$, live, repaired, log } = rig();
    const second = Math.floor((aRecord([1]).items[0]?.reservedAt ?? 0) / 1000);
    await pass(everyMs);
    log.next = 1;
    await live.apply(0, [{ saleId: 'a', offset: 0, second, reserved: 3 }]);
    sales$.next(['a']);
    await pass(4 * quietMs);
    expect([log.reads, repaired]).toEqual([1, []]);
  });

  it('tries again after a fault, and reports it', async () => {
    const { pass, sales$, repaired, retries, log } = rig();
    await pass(everyMs);
    [log.next, log.fault] = [1, new Fault('unavailable', 'unreachable')];
    sales$.next(['a']);
    await pass(quietMs + everyMs);
    expect(retries.length).toBeGreaterThan(0);
    log.fault = undefined;
    await pass(2 * everyMs);
    expect(repaired).toMatchObject([{ saleId: 'a' }]);
  });

  it('rests the longer the longer a check took', async () => {
    const { pass, sales$, log } = rig();
    await pass(everyMs);
    [log.next, log.tookMs] = [1, 2000];
    sales$.next(['a']);
    await pass(2 * quietMs);
    expect(log.reads).toBe(1);
    sales$.next(['a']);
    await pass(2000 * pauseFactor - 2 * quietMs);
    expect(log.reads).toBe(1);
    await pass(3 * quietMs);
    expect(log.reads).toBe(2);
  });

  it('reads no further after its end', async () => {
    const { pass, sales$, log, running } = rig();
    await pass(everyMs);
    log.next = 1;
    sales$.next(['a']);
    running.unsubscribe();
    await pass(4 * quietMs);
    expect(log.reads).toBe(0);
  });
});
