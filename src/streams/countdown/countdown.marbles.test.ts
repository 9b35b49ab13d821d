import { map, type Observable, Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { type PromiseMarbles, promiseMarbles, UNAVAILABLE } from '../../../test/support/promise-marbles.ts';
import { aSale } from '../../../test/support/sales.ts';
import type { Sale } from '../../domain/sale.ts';
import type { Stock } from '../../domain/stock.ts';
import { type CountdownInput, countdown } from './countdown.ts';

interface Diagrams {
  /**
   *     w u   the first of the process looks at the sale, the last one leaves
   *     9…0   events of the stock: so many are left; each ticket that goes raises the version by one
   *     r     events of the sale: read it again
   *     other letters: see `events`
   */
  readonly input: string;
  readonly events?: Readonly<Record<string, CountdownInput>>;
  /** How reads answer; at once if not said. */
  readonly sale?: string | readonly string[];
  readonly stock?: string | readonly string[];
  /** What reads find; the first ones, then the next. */
  readonly sales?: readonly Partial<Sale>[];
  readonly stocks?: readonly (Stock | undefined)[];
}

const TOTAL = 9;

/** So many are left when no ticket ever came back. */
const left = (remaining: number): Stock => ({ remaining, version: 1 + TOTAL - remaining });

const saleId = aSale().id;

/** Frames of a sale at most every 5 milliseconds, a heartbeat after 12; frame 0 is `opensAt` + 30 minutes. */
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
    /** The frames, each as what is left, behind a letter of the phase when it is not live. */
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
  it('sends the sale as it is the moment that somebody looks, whole', () =>
    promiseMarbles((m) => {
      const { frame$ } = countdownMarbles(m, { input: '--w-|', stocks: [{ remaining: 4, version: 77 }] });
      const { opensAt, closesAt } = aSale();
      const frame = { saleId, remaining: 4, total: 9, phase: 'live', version: 77, opensAt, closesAt };
      m.expectObservable(frame$).toBe('                  --f-|', { f: { ...frame, serverTime: START + 2 } });
    }));

  it('sends a change at once, then the newest of each span, the last one too', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w------8765---4------------|' });
      expectFrames(m, left$, '                        9------8----5----4---------|');
    }));

  it('takes stock in the order of its versions, however late events come', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w------5------8--6---5--|' });
      expectFrames(m, left$, '                        9------5-----------5----|');
    }));

  it('takes what a slow read finds only if it is newer than what was heard', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w-5------|', stock: '----a|' });
      expectFrames(m, left$, '                        --5------|');
    }));

  it('sends nothing that is not events, but a heartbeat, and reads the stock again with it', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, {
        input: '                         w---9--9-----------------------|',
        stocks: [left(9), left(9), left(7)],
      });
      m.expectObservable(counted$).toBe('s-----------s-----------s');
      expectFrames(m, left$, '           9-----------9-----------9----7-|');
    }));

  it('reads a sale that changes all the time as often as one that does not', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, { input: 'w----8----7----6----5----4----3----|' });
      m.expectObservable(counted$).toBe('                        s--------------s--------------s');
      expectFrames(m, left$, '                                  9----8----7----6----5----4----3----|');
    }));

  it('says when it is sold out, and when a ticket came back', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '                w-----0------b----|',
        events: { b: { type: 'stock', saleId, stock: { remaining: 1, version: 99 } } },
      });
      expectFrames(m, left$, '  9-----s------1----|', { s: 'sold_out 0' });
    }));

  it('opens and ends in the very millisecond, however close the frame before', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '                w---------------8-7---|',
        sales: [{ opensAt: START + 7, closesAt: START + 19 }],
      });
      expectFrames(m, left$, '  u------9-----------e--|', { u: 'upcoming 9', e: 'ended 7' });
    }));

  it('lets a frame wait for the opening that would come right before it, so that none comes faster than allowed', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w----------|', sales: [{ opensAt: START + 4 }] });
      expectFrames(m, left$, '                        ----9------|');
    }));

  it('reads a sale again that changed, and never goes back to an older version of it', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, {
        input: '               w------r-r-------|',
        sales: [{ version: 1 }, { version: 3, status: 'closed' }, { version: 2 }],
        sale: ['               a|', 'a|', '-a|'],
      });
      expectFrames(m, left$, ' 9------c---------|', { c: 'closed 9' });
    }));

  it('shows a draft with all its tickets, for the queue does not know it', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w--|', sales: [{ status: 'draft' }], stocks: [undefined] });
      expectFrames(m, left$, '                        d--|', { d: 'draft 9' });
    }));

  it('goes on after reads that fail: with what it knows, and trying again for what it does not', () =>
    promiseMarbles((m) => {
      const { left$, counted$, fault$ } = countdownMarbles(m, {
        input: '                         w----------------------5---------------|',
        stock: ['                        -#', 'a|', '--#', 'a|'],
      });
      m.expectObservable(counted$).toBe('s-------s-----------s----------------s');
      m.expectObservable(fault$).toBe('  -x--------------------x', { x: UNAVAILABLE });
      expectFrames(m, left$, '           --------9-----------9----5-----------5-|');
    }));

  it('tries a read again in time while it hears events', () =>
    promiseMarbles((m) => {
      const { left$ } = countdownMarbles(m, { input: 'w--8--7--6--5-----|', sale: ['#', 'a|'] });
      expectFrames(m, left$, '                        --------7----5----|');
    }));

  it('does no work for a sale that nobody looks at, before and after', () =>
    promiseMarbles((m) => {
      const { left$, counted$ } = countdownMarbles(m, { input: '-8r--w----7u6------------------|' });
      m.expectObservable(counted$).toBe('                        -----s');
      expectFrames(m, left$, '                                  -----9----7--------------------|');
    }));

  it('forgets what it was reading when the last one left', () =>
    promiseMarbles((m) => {
      const { left$, fault$ } = countdownMarbles(m, { input: 'w-u-------|', sale: '----a|', stock: ['a|'] });
      const failing = countdownMarbles(m, { input: '          w-u-------|', sale: '----#' });
      expectFrames(m, left$, '                                        ----------|');
      m.expectObservable(fault$).toBe('                       -');
      expectFrames(m, failing.left$, '                                ----------|');
      m.expectObservable(failing.fault$).toBe('               -');
    }));

  it('begins anew for who comes back', () =>
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

  it('ends its timers when it is unsubscribed, and with its input', () =>
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
