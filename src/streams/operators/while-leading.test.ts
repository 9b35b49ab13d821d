import { map, NEVER, type Observable, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { type LeadershipChange, type LeadershipOptions, whileLeading } from './while-leading.ts';

const CHANGES: Record<LeadershipChange, string> = { taken: 't', refused: 'r', lapsed: 'l' };

interface Diagrams {
  /** How each call of the leases answers: `y` granted, `n` held by somebody else. */
  readonly acquire: readonly string[];
  readonly options?: Partial<LeadershipOptions>;
}

/** Leases that answer by marbles. A lease lasts 8, is renewed each 4, and asked for each 2 by those who have none. */
function leadingMarbles(m: PromiseMarbles, { acquire, options = {} }: Diagrams) {
  let asked = 0;
  const granting = m.port(
    async (n: number) => acquire[Math.min(n, acquire.length - 1)]?.includes('y') === true,
    acquire,
  );
  const releasing = m.port(async (_name: string, _holder: string) => undefined, 'a|');
  const change$ = new Subject<LeadershipChange>();
  const fault$ = new Subject<unknown>();
  const lead = <T>(work: () => Observable<T>) =>
    whileLeading(
      { acquire: () => granting(asked++), release: releasing },
      {
        name: 'lease',
        holder: 'me',
        ttlMs: 8,
        renewMs: 4,
        retryMs: 2,
        clock: m.clock,
        scheduler: m.scheduler,
        onChange: (change) => change$.next(change),
        onFault: (error) => fault$.next(error),
        ...options,
      },
      work,
    );
  return {
    lead,
    acquire$: granting.calls$.pipe(map(() => 'a')),
    release$: releasing.calls$.pipe(map(() => 'r')),
    change$: change$.pipe(map((change) => CHANGES[change])),
    fault$: fault$.pipe(map((error) => (error === UNAVAILABLE ? 'f' : 'o'))),
  };
}

describe('whileLeading', () => {
  it('subscribes to the work when the lease is granted, and renews it', () =>
    promiseMarbles((m) => {
      const work$ = m.hot('               -a-b-c-d-e-f-g');
      const { lead, acquire$, change$ } = leadingMarbles(m, { acquire: ['--y|', 'y|'] });
      m.expectObservable(acquire$).toBe(' a-----a---a');
      m.expectObservable(change$).toBe('  --t');
      m.expectObservable(
        lead(() => work$),
        '^-------------!',
      ).toBe('---b-c-d-e-f-g');
      m.expectSubscriptions(work$.subscriptions).toBe('--^-----------!');
    }));

  it('asks again and again while somebody else has the lease', () =>
    promiseMarbles((m) => {
      const work$ = m.hot('               -a-b-c');
      const { lead, acquire$, change$ } = leadingMarbles(m, { acquire: ['n|', 'n|', 'y|'] });
      m.expectObservable(acquire$).toBe(' a-a-a');
      m.expectObservable(change$).toBe('  ----t');
      m.expectObservable(
        lead(() => work$),
        '^-----!',
      ).toBe('-----c');
    }));

  it('leaves the work at once when a renewal is refused, and takes it up anew when the lease is granted again', () =>
    promiseMarbles((m) => {
      const work$ = m.hot('               a-b-c-d-e-f-g-h');
      const { lead, acquire$, change$ } = leadingMarbles(m, { acquire: ['y|', 'n|', 'n|', 'y|'] });
      m.expectObservable(acquire$).toBe(' a---a-a-a');
      m.expectObservable(change$).toBe('  t---r---t');
      m.expectObservable(
        lead(() => work$),
        '^----------!',
      ).toBe('--b-c-----f');
      m.expectSubscriptions(work$.subscriptions).toBe(['^---!', '--------^--!']);
    }));

  it('rides out renewals that fail, asking sooner, for as long as the lease lasts', () =>
    promiseMarbles((m) => {
      const work$ = m.hot('               a-b-c-d-e-f');
      const { lead, acquire$, change$, fault$ } = leadingMarbles(m, {
        acquire: ['y|', '#', '#', 'y|'],
        options: { renewMs: 2 },
      });
      m.expectObservable(acquire$).toBe(' a-a-a-a-a');
      m.expectObservable(fault$).toBe('  --f-f');
      m.expectObservable(change$).toBe('  t');
      m.expectObservable(
        lead(() => work$),
        '^--------!',
      ).toBe('--b-c-d-e');
      m.expectSubscriptions(work$.subscriptions).toBe('^--------!');
    }));

  it('leaves the work when the lease has run out, counted from when its last renewal was asked for', () =>
    promiseMarbles((m) => {
      const work$ = m.hot('               ---a-b-c-d-e-f');
      const { lead, change$ } = leadingMarbles(m, { acquire: ['---y|', '#'] });
      m.expectObservable(change$).toBe('  ---t----l');
      m.expectObservable(
        lead(() => work$),
        '^-----------!',
      ).toBe('-----b-c');
      m.expectSubscriptions(work$.subscriptions).toBe('---^----!');
    }));

  it('leaves the work when the lease has run out while a renewal is not answered at all, and asks again', () =>
    promiseMarbles((m) => {
      const { lead, change$, acquire$, fault$ } = leadingMarbles(m, { acquire: ['y|', '-', 'y|'] });
      m.expectObservable(acquire$).toBe('a---a---------a');
      m.expectObservable(fault$).toBe(' ------------o');
      m.expectObservable(change$).toBe(' t-------l-----t');
      m.expectObservable(
        lead(() => NEVER),
        '^---------------!',
      ).toBe('');
    }));

  it('does not lead by an answer that came when its lease was over', () =>
    promiseMarbles((m) => {
      const { lead, change$, acquire$ } = leadingMarbles(m, {
        acquire: ['--------y|', 'n|'],
      });
      m.expectObservable(acquire$).toBe('a---------a-');
      m.expectObservable(change$).toBe('');
      m.expectObservable(
        lead(() => NEVER),
        '^-----------!',
      ).toBe('');
    }));

  it('does not lead by an answer that it slept through, and lost its lease meanwhile', () =>
    promiseMarbles((m) => {
      // Stopped in frame 2 and woken in frame 3, 10 ms later by the clock: no timer could tell.
      const clock = { monotonic: () => m.clock.monotonic() + (m.clock.monotonic() > 2 ? 10 : 0) };
      const { lead, change$ } = leadingMarbles(m, { acquire: ['---y|', 'n|'], options: { clock } });
      m.expectObservable(change$).toBe('');
      m.expectObservable(
        lead(() => NEVER),
        '^------!',
      ).toBe('');
    }));

  it('gives the lease back when it is unsubscribed, also while the first answer is out', () =>
    promiseMarbles((m) => {
      const { lead, release$ } = leadingMarbles(m, { acquire: ['---y|'] });
      m.expectObservable(release$).toBe('    --r');
      m.expectObservable(
        lead(() => NEVER),
        '--!',
      ).toBe('');
    }));

  it('ends as the work does, and gives the lease back', () =>
    promiseMarbles((m) => {
      const { lead, release$ } = leadingMarbles(m, { acquire: ['y|'] });
      const [completes$, fails$] = [m.hot('-a-|'), m.hot('-a---#')];
      m.expectObservable(release$).toBe('             ---r-r');
      m.expectObservable(lead(() => completes$)).toBe('-a-|');
      m.expectObservable(lead(() => fails$)).toBe('    -a---#');
    }));
});
