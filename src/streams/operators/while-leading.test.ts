import { map, NEVER, type Observable, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { type LeadershipChange, type LeadershipOptions, whileLeading } from './while-leading.ts';

const CHANGES: Record<LeadershipChange, string> = { taken: 't', refused: 'r', lapsed: 'l' };

interface Diagrams {
  /** How each call of the lease store answers: `y` granted, `n` held by another process. */
  readonly acquire: readonly string[];
  readonly options?: Partial<LeadershipOptions>;
}

/** A lease store that answers by marbles. A lease lasts 8, is renewed every 4, and requested every 2 without one. */
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

  it('keeps asking while another process has the lease', () =>
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

  it('unsubscribes from the work when a renewal is refused, and resubscribes when the lease is granted again', () =>
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

  it('tolerates failed renewals, asking sooner, for as long as the lease lasts', () =>
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

  it('unsubscribes from the work when the lease has run out, counted from the request of its last renewal', () =>
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

  it('unsubscribes from the work when the lease runs out while a renewal is never answered, and asks again', () =>
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

  it('does not lead by an answer that arrives after its lease is over', () =>
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

  it('does not lead by an answer during which the process slept past the end of its lease', () =>
    promiseMarbles((m) => {
      // Suspended in frame 2 and resumed in frame 3, 10 ms later by the clock: no timer could detect it.
      const clock = { monotonic: () => m.clock.monotonic() + (m.clock.monotonic() > 2 ? 10 : 0) };
      const { lead, change$ } = leadingMarbles(m, { acquire: ['---y|', 'n|'], options: { clock } });
      m.expectObservable(change$).toBe('');
      m.expectObservable(
        lead(() => NEVER),
        '^------!',
      ).toBe('');
    }));

  it('releases the lease when it is unsubscribed, also while the first answer is outstanding', () =>
    promiseMarbles((m) => {
      const { lead, release$ } = leadingMarbles(m, { acquire: ['---y|'] });
      m.expectObservable(release$).toBe('    --r');
      m.expectObservable(
        lead(() => NEVER),
        '--!',
      ).toBe('');
    }));

  it('ends as the work does, and releases the lease', () =>
    promiseMarbles((m) => {
      const { lead, release$ } = leadingMarbles(m, { acquire: ['y|'] });
      const [completes$, fails$] = [m.hot('-a-|'), m.hot('-a---#')];
      m.expectObservable(release$).toBe('             ---r-r');
      m.expectObservable(lead(() => completes$)).toBe('-a-|');
      m.expectObservable(lead(() => fails$)).toBe('    -a---#');
    }));
});
