import { map, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { aBrokenEntry, anEntry } from '../../../test/support/log-chunks.ts';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import type { LiveDelta } from '../../ports/live-state.ts';
import { type LiveViewBatch, liveView } from './live-view.ts';

interface Diagrams {
  /** Each letter is a chunk: one entry with one reservation, or an unreadable one if in upper case. */
  readonly chunks: string;
  readonly apply: string | readonly string[];
  readonly fault?: unknown;
  /** Entries that are held, and frames without one after which they are applied. @default one, so that each is applied at once */
  readonly batch?: LiveViewBatch;
}

const AT_ONCE = { size: 1, marginMs: 0, quietMs: 1 };

function liveViewMarbles(m: PromiseMarbles, { chunks, apply, fault = UNAVAILABLE, batch = AT_ONCE }: Diagrams) {
  const ack$ = new Subject<string>();
  const applying = m.port(async (_: number, __: readonly LiveDelta[]) => undefined, apply, fault);
  const written$ = m.hot(chunks);
  const chunk$ = written$.pipe(
    map((letter) => {
      const offset = letter.charCodeAt(0);
      const entry = letter < 'a' ? aBrokenEntry(offset) : anEntry(offset, 1);
      return { partition: 0, entries: [entry], ack: () => ack$.next(letter) };
    }),
  );
  // Waits of 4, 7, and then 8 frames.
  const backoff = { baseMs: 2, capMs: 8, random: () => 0.5 };
  const options = { group: 'g', batch, backoff, scheduler: m.scheduler };
  const applied$ = liveView(chunk$, { live: { apply: applying }, clock: m.clock }, options);
  return {
    written$,
    applied$: applied$.pipe(map(({ reserved }) => reserved)),
    /** What each call holds: the letter of its chunk, or `nothing`. */
    apply$: applying.calls$.pipe(
      map(([, deltas]) => deltas.map(({ offset }) => String.fromCharCode(offset)).join('') || 'nothing'),
    ),
    ack$,
  };
}

describe('the live view stream', () => {
  it('applies chunk after chunk, and acknowledges each in the frame in which it is applied', () =>
    promiseMarbles((m) => {
      const { applied$, apply$, ack$ } = liveViewMarbles(m, {
        chunks: '                          abc------|',
        apply: ['                          ---a|', '--a|', '-a|'],
      });
      m.expectObservable(apply$).toBe('  a--b-c');
      m.expectObservable(ack$).toBe('    ---a-bc');
      m.expectObservable(applied$).toBe('---1-11--|', { 1: 1 });
    }));

  it('retries a chunk while the live state is unavailable, with pauses up to the cap, and the next ones wait', () =>
    promiseMarbles((m) => {
      const { applied$, apply$, ack$ } = liveViewMarbles(m, {
        chunks: '                          ab 40ms |',
        apply: ['                          --#', '--#', '--#', '--#', '-a|'],
      });
      m.expectObservable(apply$).toBe('  a 5ms a 8ms a 9ms a 9ms ab');
      m.expectObservable(ack$).toBe('    36ms ab');
      m.expectObservable(applied$).toBe('36ms 11----|', { 1: 1 });
    }));

  it('finishes what it has before it completes, even if that takes another attempt', () =>
    promiseMarbles((m) => {
      const { applied$, ack$, written$ } = liveViewMarbles(m, {
        chunks: '                                      ab|',
        apply: ['                                      #', '-a|', '---a|'],
      });
      m.expectObservable(ack$).toBe('                -----a--b');
      m.expectObservable(applied$).toBe('            -----1--(1|)', { 1: 1 });
      m.expectSubscriptions(written$.subscriptions).toBe('^-!');
    }));

  it('applies together what arrives within the wait, and acknowledges each chunk of it', () =>
    promiseMarbles((m) => {
      const { applied$, apply$, ack$ } = liveViewMarbles(m, {
        chunks: '                             ab---c----|',
        apply: ['                             -a|', '-a|'],
        batch: { size: 9, marginMs: 0, quietMs: 2 },
      });
      m.expectObservable(apply$).toBe('     ----p----c', { p: 'ab', c: 'c' });
      m.expectObservable(ack$).toBe('       -----(ab)-c');
      m.expectObservable(applied$).toBe('   -----2----(1|)', { 1: 1, 2: 2 });
    }));

  it('does not wait once a call is full, nor when the log ends', () =>
    promiseMarbles((m) => {
      const { applied$, apply$ } = liveViewMarbles(m, {
        chunks: '                             abc--|',
        apply: ['                             -a|', '-a|'],
        batch: { size: 2, marginMs: 0, quietMs: 9 },
      });
      m.expectObservable(apply$).toBe('     -p---c', { p: 'ab', c: 'c' });
      m.expectObservable(applied$).toBe('   --2---(1|)', { 1: 1, 2: 2 });
    }));

  it('skips an unreadable entry, in its order', () =>
    promiseMarbles((m) => {
      const { applied$, apply$, ack$ } = liveViewMarbles(m, { chunks: 'aB----|', apply: '--a|' });
      m.expectObservable(apply$).toBe('                                 a-x', { a: 'a', x: 'nothing' });
      m.expectObservable(ack$).toBe('                                   --a-B');
      m.expectObservable(applied$).toBe('                               --1-0-|', { 1: 1, 0: 0 });
    }));

  it('makes no more attempts once it is unsubscribed, with nothing acknowledged', () =>
    promiseMarbles((m) => {
      const { applied$, apply$, ack$, written$ } = liveViewMarbles(m, { chunks: 'a', apply: '-#' });
      m.expectObservable(applied$, '          ^ 12ms !').toBe('-');
      m.expectObservable(apply$).toBe('       a----a');
      m.expectObservable(ack$).toBe('         -');
      m.expectSubscriptions(written$.subscriptions).toBe('^ 12ms !');
    }));

  it('ends in the frame of a fault that is not retryable, the chunk not acknowledged', () =>
    promiseMarbles((m) => {
      const fault = new TypeError('bug');
      const { applied$, apply$, ack$ } = liveViewMarbles(m, { chunks: 'ab', apply: ['-a|', '--#'], fault });
      m.expectObservable(apply$).toBe('  ab');
      m.expectObservable(ack$).toBe('    -a');
      m.expectObservable(applied$).toBe('-1-#', { 1: 1 }, fault);
    }));
});
