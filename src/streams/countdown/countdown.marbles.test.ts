import { map, type Observable, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { aSale } from '../../../test/support/sales.ts';
import type { Sale } from '../../domain/sale.ts';
import type { Stock } from '../../domain/stock.ts';
import { type CountdownInput, countdown } from './countdown.ts';

interface Diagrams {
  /**
   *     w u   the process gets its first viewer of the sale, loses its last one
   *     9…0   stock events: the tickets that remain; each one taken raises the version by one
   *     r     sale events: read it again
   *     other letters: see `events`
   */
  readonly input: string;
  readonly events?: Readonly<Record<string, CountdownInput>>;
  /** How reads answer; at once if not given. */
  readonly sale?: string | readonly string[];
  readonly stock?: string | readonly string[];
  /** What reads return; the first ones, then the next. */
  readonly sales?: readonly Partial<Sale>[];
  readonly stocks?: readonly (Stock | undefined)[];
}

const TOTAL = 9;

/** Tickets remaining if none was ever returned. */
const left = (remaining: number): Stock => ({ remaining, version: 1 + TOTAL - remaining });

const saleId = aSale().id;

/** At most one frame of a sale per 5 milliseconds, a heartbeat after 12; frame 0 is `opensAt` + 30 minutes. */
function countdownMarbles(m: PromiseMarbles, diagrams: Diagrams) {
  const { events = {}, sales = [{}], stocks = [left(TOTAL)] } = diagrams;
  const next = <T>(values: readonly T[]) => {
    let n = 0;
    return () => values[Math.min(n++, values.length - 1)] as T;
  };
  const nextSale = next(sales);
  const nextStock = next(stocks);
  const reading = m.port(async (_: string) => aSale({ total: TOTAL, ...nextSale() }), diagrams.sale ?? 'a|');
  const counting = m.port(async (_: string) => nextStock(), diagrams.stock ?? 'a|');
  const fault$ = new Subject<unknown>();
  const input$ = m.hot(diagrams.input).pipe(map((letter) => events[letter] ?? inputOf(letter)));
  const frame$ = countdown(
    input$,
    { sale: reading, stock: counting, clock: m.clock },
    { frameMs: 5, heartbeatMs: 12, retryMs: 8, onFault: (fault) => fault$.next(fault), scheduler: m.scheduler },
  );
  return {
    frame$,
    /** The frames, each as the remaining tickets, after a letter for the phase if it is not live. */
    left$: frame$.pipe(map(({ phase, remaining }) => (phase === 'live' ? `${remaining}` : `${phase} ${remaining}`))),
    counted$: counting.calls$.pipe(map(() => 's')),
    fault$,
  };
}

function inputOf(letter: string): CountdownInput {
  if (letter === 'w') return { type: 'watch', saleId };
  if (letter === 'u') return { type: 'unwatch', saleId };
  if (letter === 'r') return { type: 'sale', saleId };
  return { type: 'stock', saleId, stock: left(Number(letter)) };
}

const START = Date.UTC(2030, 0, 1);

function expectFrames(m: PromiseMarbles, left$: Observable<string>, line: string, more: Record<string, string> = {}) {
  const digits = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n, `${n}`]));
  m.expectObservable(left$).toBe(line, { ...digits, ...more });
}

describe('the countdown stream', () => {
  it('sends the complete sale as soon as it has a viewer', () =>
    promiseMarbles((m) => {
      const { frame$ } = countdownMarbles(m, { input: '--w-|', stocks: [{ remaining: 4, version: 77 }] });
      const { opensAt, closesAt } = aSale();
      const frame = { saleId, remaining: 4, total: 9, phase: 'live', version: 77, opensAt, closesAt };
      m.expectObservable(frame$).toBe('                  --f-|', { f: { ...frame, serverTime: START + 2 } });
    }));

  it('sends a change at once, then the newest of each interval, the last one too', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w------8765---4------------|' });
      expectFrames(m, left$, '                        9------8----5----4---------|');
    }));

  it('takes stock in the order of its versions, however late events arrive', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w------5------8--6---5--|' });
      expectFrames(m, left$, '                        9------5-----------5----|');
    }));

  it('takes the result of a slow read only if it is newer than the events received', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w-5------|', stock: '----a|' });
      expectFrames(m, left$, '                        --5------|');
    }));

  it('sends nothing without a change except a heartbeat, and reads the stock again with it', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, {
        input: '                         w---9--9-----------------------|',
        stocks: [left(9), left(9), left(7)],
      });
      m.expectObservable(counted$).toBe('s-----------s-----------s');
      expectFrames(m, left$, '           9-----------9-----------9----7-|');
    }));

  it('reads a constantly changing sale as often as an unchanged one', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, { input: 'w----8----7----6----5----4----3----|' });
      m.expectObservable(counted$).toBe('                        s--------------s--------------s');
      expectFrames(m, left$, '                                  9----8----7----6----5----4----3----|');
    }));

  it('shows when it is sold out, and when a ticket is returned', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '                w-----0------b----|',
        events: { b: { type: 'stock', saleId, stock: { remaining: 1, version: 99 } } },
      });
      expectFrames(m, left$, '  9-----s------1----|', { s: 'sold_out 0' });
    }));

  it('opens and ends in the exact millisecond, however recent the previous frame', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '                w---------------8-7---|',
        sales: [{ opensAt: START + 7, closesAt: START + 19 }],
      });
      expectFrames(m, left$, '  u------9-----------e--|', { u: 'upcoming 9', e: 'ended 7' });
    }));

  it('delays a frame due shortly before the opening, so that the frame rate limit is kept', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w----------|', sales: [{ opensAt: START + 4 }] });
      expectFrames(m, left$, '                        ----9------|');
    }));

  it('reads a changed sale again, and never returns to an older version of it', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '               w------r-r-------|',
        sales: [{ version: 1 }, { version: 3, status: 'closed' }, { version: 2 }],
        sale: ['               a|', 'a|', '-a|'],
      });
      expectFrames(m, left$, ' 9------c---------|', { c: 'closed 9' });
    }));

  it('shows a draft with all its tickets, since the queue does not know it', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w--|', sales: [{ status: 'draft' }], stocks: [undefined] });
      expectFrames(m, left$, '                        d--|', { d: 'draft 9' });
    }));

  it('continues after failed reads: with what it knows, and retrying what it does not', () =>
    promiseMarbles((m) => {
      const { left$, counted$, fault$ } = countdownMarbles(m, {
        input: '                         w----------------------5---------------|',
        stock: ['                        -#', 'a|', '--#', 'a|'],
      });
      m.expectObservable(counted$).toBe('s-------s-----------s----------------s');
      m.expectObservable(fault$).toBe('  -x--------------------x', { x: UNAVAILABLE });
      expectFrames(m, left$, '           --------9-----------9----5-----------5-|');
    }));

  it('retries a read in time while it receives events', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w--8--7--6--5-----|', sale: ['#', 'a|'] });
      expectFrames(m, left$, '                        --------7----5----|');
    }));

  it('does no work for a sale without viewers, before and after', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, { input: '-8r--w----7u6------------------|' });
      m.expectObservable(counted$).toBe('                        -----s');
      expectFrames(m, left$, '                                  -----9----7--------------------|');
    }));

  it('discards reads in progress when the last viewer leaves', () =>
    promiseMarbles((m) => {
      const { left$, fault$ } = countdownMarbles(m, { input: 'w-u-------|', sale: '----a|', stock: ['a|'] });
      const failing = countdownMarbles(m, { input: '          w-u-------|', sale: '----#' });
      expectFrames(m, left$, '                                        ----------|');
      m.expectObservable(fault$).toBe('                       -');
      expectFrames(m, failing.left$, '                                ----------|');
      m.expectObservable(failing.fault$).toBe('               -');
    }));

  it('starts from scratch when a viewer returns', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, { input: 'w-u--w-w--|', stocks: [left(9), left(3)] });
      m.expectObservable(counted$).toBe('                        s----s----');
      expectFrames(m, left$, '                                  9----3----|');
    }));

  it('keeps sales apart', () =>
    promiseMarbles((m) => {
      const other = 'sale-2';
      const { frame$ } = countdownMarbles(m, {
        input: '                  w-v---m---|',
        events: { v: { type: 'watch', saleId: other }, m: { type: 'stock', saleId: other, stock: left(2) } },
        sales: [{}, { id: other }],
      });
      const line$ = frame$.pipe(map((frame) => `${frame.saleId} ${frame.remaining}`));
      m.expectObservable(line$).toBe('a-b----c--|', { a: 'sale-1 9', b: 'sale-2 9', c: 'sale-2 2' });
    }));

  it('cancels its timers when it is unsubscribed, and when its input ends', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w---------' });
      m.expectObservable(left$, '                      ^----!').toBe('9');
      m.expectObservable(countdownMarbles(m, { input: 'w-#' }).left$).toBe('9-#');
      m.expectObservable(countdownMarbles(m, { input: 'w--', sale: '#', stock: '#' }).left$, '^-!').toBe(
        '-',
        {},
        UNAVAILABLE,
      );
    }));
});
