import { map } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles } from '../../test/support/promise-marbles.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import { storedRevocations } from './stored-revocations.ts';

const NEWS: Record<string, BusEvent> = { t: { type: 'tokens' }, s: { type: 'sale', saleId: 's' } };

/** One more user's tokens are revoked at each of the given frames; what was read is shown as their number. */
function setUp(
  m: PromiseMarbles,
  events: string,
  revoked: readonly number[],
  reads: string | readonly string[] = 'x|',
) {
  const count = () => revoked.filter((frame) => frame <= m.clock.monotonic()).length;
  const revision = m.port(async () => count(), reads);
  const list = m.port(
    async ({ after, limit }: { readonly after: string; readonly limit: number }) =>
      Array.from({ length: count() }, (_, n) => ({ userId: String(1000 + n), notBefore: 1 }))
        .filter(({ userId }) => userId > after)
        .slice(0, limit),
    'x|',
  );
  const all$ = storedRevocations(
    { tokenRevocations: { revision, list }, events: { events$: m.hot(events, NEWS) } },
    { pollMs: 20, backoff: { baseMs: 2, capMs: 2, random: () => 0 }, scheduler: m.scheduler },
  );
  return { counts$: all$.pipe(map((all) => String(all.length))), revision$: revision.calls$, list$: list.calls$ };
}

const UNTIL = '^---------------------------------------------!';

describe('revoked tokens', () => {
  it('are emitted at the start, on an event, and when there are others without an event', () =>
    promiseMarbles((m) => {
      const { counts$ } = setUp(m, '-----t', [5, 30]);
      m.expectObservable(counts$, UNTIL).toBe(
        '0----1-------------------2'.replace('-------------------2', '---------------------------------------2'),
      );
    }));

  it('are read only when their revision has changed', () =>
    promiseMarbles((m) => {
      const { counts$, list$, revision$ } = setUp(m, '-s-t', [30]);
      m.expectObservable(counts$, UNTIL).toBe('0------------------------------------------1');
      const query = { x: [{ after: '', limit: 1000 }] };
      m.expectObservable(revision$.pipe(map(() => 'r')), UNTIL).toBe('r--r-------------------r-------------------r');
      m.expectObservable(list$, UNTIL).toBe('x------------------------------------------x', query);
    }));

  it('are read page by page', () =>
    promiseMarbles((m) => {
      const { counts$ } = setUp(m, '-', Array(2500).fill(0));
      m.expectObservable(counts$, '^-!').toBe('x', { x: '2500' });
    }));

  it('are read to the end by a slow store, and again after an event during the read', () =>
    promiseMarbles((m) => {
      const { counts$ } = setUp(m, '--------------------------------t', [31], ['-------------------------x|', 'x|']);
      m.expectObservable(counts$, UNTIL).toBe('-------------------------0------1');
    }));

  it('stay in force while the store is unavailable, and are emitted as soon as it recovers', () =>
    promiseMarbles((m) => {
      const { counts$ } = setUp(m, '-----t', [4], ['x|', '-#', '-#', 'x|']);
      m.expectObservable(counts$, '^--------------!').toBe('0----------1');
    }));
});
