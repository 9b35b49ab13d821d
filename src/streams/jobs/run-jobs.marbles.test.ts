import { filter, map, share } from 'rxjs';
import { describe, it } from 'vitest';
import { JOB_OPTIONS, jobsRig } from '../../../test/support/jobs-rig.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import type { JobOptions } from './contract.ts';
import { runJobs } from './run-jobs.ts';

interface Diagrams {
  readonly ticks: string;
  readonly refund?: string | readonly string[];
  readonly transition?: string | readonly string[];
  readonly advance?: string | readonly string[];
  readonly next?: string | readonly string[];
  readonly options?: Partial<JobOptions>;
}

/** Jobs on paid orders of the sale `s`, a letter each; every port answers at once by default. */
function rigOf(m: PromiseMarbles, orders: string, { ticks, options, ...answers }: Diagrams) {
  const rig = jobsRig(m.clock);
  const { store, jobs } = rig;
  void rig.paid(orders);
  const refunding = m.port(
    (...[request]: Parameters<typeof store.refund>) => store.refund(request),
    answers.refund ?? 'a|',
  );
  const moving = m.port(
    (...args: Parameters<typeof store.transition>) => store.transition(...args),
    answers.transition ?? 'a|',
  );
  const advancing = m.port(
    (...args: Parameters<typeof jobs.advance>) => jobs.advance(...args),
    answers.advance ?? 'a|',
  );
  const reading = m.port((after: string) => jobs.nextRunning(after), answers.next ?? 'a|');
  const result$ = runJobs(
    m.hot(ticks),
    {
      store: {
        search: (search) => store.search(search),
        order: (id) => store.order(id),
        refund: refunding,
        transition: moving,
      },
      jobs: { nextRunning: reading, advance: advancing },
      events: rig.events,
      clock: m.clock,
    },
    { ...JOB_OPTIONS, scheduler: m.scheduler, ...options },
  ).pipe(share());
  return {
    ...rig,
    batch$: result$.pipe(
      filter(({ fault }) => fault === undefined),
      map(({ done, skipped }) => `${done}${skipped}`),
    ),
    fault$: result$.pipe(
      filter(({ fault }) => fault !== undefined),
      map(({ fault }) => fault),
    ),
    refund$: refunding.calls$.pipe(map(([{ orderId }]) => orderId)),
    read$: reading.calls$.pipe(map(() => 'r')),
  };
}

const TWO = { 2: '20' };

describe('running jobs', () => {
  it('pauses after each batch, in proportion to the time that it took', () =>
    promiseMarbles((m) => {
      // The first batch is only chosen; the second takes four frames, and two times that passes until the third.
      const { create, refund$, batch$ } = rigOf(m, 'abcd', {
        ticks: '                       t------------------------t',
        refund: '                      --a|',
        options: { pauseFactor: 2 },
      });
      void create();
      m.expectObservable(refund$).toBe('a-b---------c-d');
      m.expectObservable(batch$, '^-----------------------!').toBe('----2-----------2', TWO);
    }));

  it('pauses no longer than its limit', () =>
    promiseMarbles((m) => {
      const { create, refund$, batch$ } = rigOf(m, 'abcd', {
        ticks: '                       t',
        refund: '                      --a|',
        options: { pauseFactor: 2, maxPauseMs: 3 },
      });
      void create();
      m.expectObservable(refund$).toBe('a-b----c-d');
      m.expectObservable(batch$, '^--------------!').toBe('----2------2', TWO);
    }));

  it('refunds a few orders at a time', () =>
    promiseMarbles((m) => {
      const { create, refund$, batch$ } = rigOf(m, 'abc', {
        ticks: '                       t',
        refund: '                      ----a|',
        options: { batchSize: 3, refundsAtOnce: 2 },
      });
      void create();
      m.expectObservable(refund$).toBe('(ab)c');
      m.expectObservable(batch$, '^---------!').toBe('--------3', { 3: '30' });
    }));

  it('ignores ticks while it works, and reads once on an idle tick', () =>
    promiseMarbles((m) => {
      const { create, read$, batch$ } = rigOf(m, 'ab', {
        ticks: '                       t-t-t-----t---t',
        refund: '                      ---a|',
      });
      void create();
      // The job, that no other one follows, and the job with its batch; then that none has more to do.
      m.expectObservable(read$).toBe('(rrr)-r---r---r');
      m.expectObservable(batch$, '^---------------!').toBe('------2', TWO);
    }));

  it('reports a fault, pauses, and handles the same orders again', () =>
    promiseMarbles((m) => {
      const { create, refund$, batch$, fault$ } = rigOf(m, 'ab', {
        ticks: '                       t-t-t-t-t',
        refund: ['                     a|', '#', 'a|'],
      });
      void create();
      m.expectObservable(fault$).toBe('f', { f: UNAVAILABLE });
      m.expectObservable(refund$).toBe('(ab)--(ab)');
      m.expectObservable(batch$, '^---------!').toBe('------2', TWO);
    }));

  it('tries to record a batch again whose record failed, or whose answer was lost', () =>
    promiseMarbles((m) => {
      const { create, refund$, batch$, fault$ } = rigOf(m, 'abcd', {
        ticks: '                       t-----t-------t',
        advance: ['                    a|', '#', 'a-#', 'a|'],
      });
      void create();
      m.expectObservable(fault$).toBe('f-------f', { f: UNAVAILABLE });
      m.expectObservable(refund$).toBe('(ab)--(ab)----(cd)');
      m.expectObservable(batch$, '^---------------!').toBe('--------------2', TWO);
    }));

  it('reports that the jobs can’t be read', () =>
    promiseMarbles((m) => {
      const { create, fault$, batch$ } = rigOf(m, 'ab', { ticks: 't-------t', next: ['--#', 'a|'] });
      void create();
      m.expectObservable(fault$).toBe('--f', { f: UNAVAILABLE });
      m.expectObservable(batch$, '^---------!').toBe('--------2', TWO);
    }));

  it('finishes the batch in progress when unsubscribed, and starts no more', () =>
    promiseMarbles((m) => {
      const { create, refund$, batch$ } = rigOf(m, 'abcd', {
        ticks: '                       t',
        refund: '                      --a|',
      });
      void create();
      m.expectObservable(batch$, '^-!').toBe('');
      m.expectObservable(refund$).toBe('a-b');
    }));
});
