import { concat, EMPTY, NEVER, type Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Marbles, marbles } from '../../../test/support/marbles.ts';
import { type BatchLoad, type BatchMapOptions, batchMap } from './batch-map.ts';

type Project = (items: readonly string[], key: string) => Observable<string>;

/** Items are letters; upper and lower case of one letter share its key. */
function setUp({ endOfFrame }: Marbles, project: Project, options: Partial<BatchMapOptions<string, string>> = {}) {
  return batchMap<string, string>(project, {
    keyOf: (item) => item.toLowerCase(),
    size: 3,
    concurrency: 2,
    capacity: 100,
    refuse: (item) => `${item} refused`,
    schedule: endOfFrame,
    ...options,
  });
}

describe('batchMap', () => {
  it('puts items that arrive within a turn into one batch', () => {
    marbles((m) => {
      const source$ = m.hot('  --(aAa)------|');
      const subs = '           ^------------!';
      const expected = '       ----r--------|';
      const op = setUp(m, (items, key) => m.cold('--r|', { r: `${key}:${items.join('')}` }));
      m.expectObservable(source$.pipe(op)).toBe(expected, { r: 'a:aAa' });
      m.expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('starts a batch at the end of the turn, not before', () => {
    marbles((m) => {
      const source$ = m.hot('-a-----|');
      const later = (task: () => void) => {
        m.scheduler.schedule(task, 1);
      };
      const op = setUp(m, () => m.cold('(r|)'), { schedule: later });
      m.expectObservable(source$.pipe(op)).toBe('--r----|');
    });
  });

  it('never mixes keys in a batch', () => {
    marbles((m) => {
      const source$ = m.hot('(abAB)|');
      const op = setUp(m, (items, key) => m.cold('--r|', { r: `${key}:${items.join('')}` }));
      m.expectObservable(source$.pipe(op)).toBe('--(rs)|', { r: 'a:aA', s: 'b:bB' });
    });
  });

  it('keeps to the size: after a full batch another one starts', () => {
    marbles((m) => {
      const source$ = m.hot('(aAaAaAa)|');
      const op = setUp(m, (items) => m.cold('----------(r|)', { r: items.join('') }), { concurrency: 9 });
      m.expectObservable(source$.pipe(op)).toBe('----------(rst|)', { r: 'aAa', s: 'AaA', t: 'a' });
    });
  });

  it('makes batches of one when the size is one', () => {
    marbles((m) => {
      const source$ = m.hot('(aA)|');
      const op = setUp(m, (items) => m.cold('-------(r|)', { r: items.join('') }), { size: 1 });
      m.expectObservable(source$.pipe(op)).toBe('-------(rs|)', { r: 'a', s: 'A' });
    });
  });

  it('fills the next batch while all slots are taken, and starts it the moment one is free', () => {
    marbles((m) => {
      const source$ = m.hot('a-A-a------------|');
      const starts: string[] = [];
      const op = setUp(
        m,
        (items) => {
          starts.push(`${items.join('')}@${m.scheduler.now()}`);
          return m.cold('------(r|)', { r: items.join('') });
        },
        { concurrency: 1 },
      );
      m.expectObservable(source$.pipe(op)).toBe('------r-----s----|', { r: 'a', s: 'Aa' });
      m.flush();
      expect(starts).toEqual(['a@0', 'Aa@6']);
    });
  });

  it('never has more batches in flight than its concurrency, if they are full', () => {
    marbles((m) => {
      const source$ = m.hot('abcde-----------|');
      const work$ = m.cold('      ----(r|)');
      const op = setUp(m, () => work$, { size: 1 });
      m.expectObservable(source$.pipe(op)).toBe('----rr--rr--r---|');
      m.expectSubscriptions(work$.subscriptions).toBe(['^---!', '-^---!', '----^---!', '-----^---!', '--------^---!']);
    });
  });

  it('starts small batches of several keys in one slot, which is free again when the last of them is done', () => {
    marbles((m) => {
      const source$ = m.hot('     x(aabbcd)---------|');
      const works = { x: '        --(x|)', a: '    -(r|)', b: '--(s|)', c: '---(t|)', d: '-(u|)' } as const;
      const starts: string[] = [];
      const op = setUp(
        m,
        (items, key) => {
          starts.push(`${items.join('')}@${m.scheduler.now()}`);
          return m.cold(works[key as keyof typeof works]);
        },
        { concurrency: 1, size: 5 },
      );
      m.expectObservable(source$.pipe(op)).toBe('--xrstu-----------|');
      m.flush();
      expect(starts).toEqual(['x@0', 'aa@2', 'bb@2', 'c@2', 'd@5']);
    });
  });

  it('takes the oldest batch first, whatever its key: a busy key does not starve the others', () => {
    marbles((m) => {
      const source$ = m.hot('(aAabAaA)|');
      const op = setUp(m, (items) => m.cold('---------(r|)', { r: items.join('') }), { concurrency: 1, size: 3 });
      const expected = '      ---------r--------s--------(t|)';
      m.expectObservable(source$.pipe(op)).toBe(expected, { r: 'aAa', s: 'b', t: 'AaA' });
    });
  });

  it('holds exactly its capacity and refuses the next item in the same call', () => {
    marbles((m) => {
      const source$ = m.hot('a-(AaAa)------|');
      const op = setUp(m, (items) => m.cold('-----------(r|)', { r: items.join('') }), {
        concurrency: 1,
        capacity: 3,
        size: 2,
      });
      m.expectObservable(source$.pipe(op)).toBe('--x--------r----------s----------(t|)', {
        x: 'a refused',
        r: 'a',
        s: 'Aa',
        t: 'A',
      });
    });
  });

  it('has room again for as many items as a started batch took', () => {
    marbles((m) => {
      const source$ = m.hot('a-A--a-A-----|');
      const op = setUp(m, () => m.cold('----(r|)'), { concurrency: 1, capacity: 1 });
      m.expectObservable(source$.pipe(op)).toBe('----r--xr---r|', { r: 'r', x: 'A refused' });
    });
  });

  it('completes when the source has completed and all batches are done', () => {
    marbles((m) => {
      const source$ = m.hot('(ab)|');
      const subs = '         ^---!';
      const op = setUp(m, () => m.cold('---r---|'), { concurrency: 1, size: 1 });
      m.expectObservable(source$.pipe(op)).toBe('---r------r---|');
      m.expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('starts what waits when the source completes within the turn', () => {
    marbles((m) => {
      const op = setUp(m, (items) => m.cold('--(r|)', { r: items.join('') }));
      m.expectObservable(of('a', 'A').pipe(op)).toBe('--(r|)', { r: 'aA' });
    });
  });

  it('completes at once when the source is empty', () => {
    marbles((m) => {
      m.expectObservable(EMPTY.pipe(setUp(m, () => NEVER))).toBe('|');
    });
  });

  it('completes although a batch emits nothing', () => {
    marbles((m) => {
      m.expectObservable(m.hot('a-|').pipe(setUp(m, () => EMPTY))).toBe('--|');
    });
  });

  it('passes on an error of the source at once and drops what is in flight', () => {
    marbles((m) => {
      const work$ = m.cold('        ----r|');
      const source$ = m.hot('a-#');
      m.expectObservable(source$.pipe(setUp(m, () => work$))).toBe('--#');
      m.expectSubscriptions(work$.subscriptions).toBe('^-!');
    });
  });

  it('ends with the error of a batch, and unsubscribes from the source and the other batches', () => {
    marbles((m) => {
      const source$ = m.hot('ab------');
      const works = { a: m.cold('---#'), b: m.cold('------r|') } as const;
      m.expectObservable(source$.pipe(setUp(m, (_, key) => works[key as 'a' | 'b']))).toBe('---#');
      m.expectSubscriptions(source$.subscriptions).toBe('^--!');
      m.expectSubscriptions(works.b.subscriptions).toBe('-^-!');
    });
  });

  it.each(['project', 'keyOf', 'refuse'] as const)('ends with the error that %s throws', (thrower) => {
    marbles((m) => {
      const source$ = m.hot('-a');
      const error = new Error('thrown');
      const fail = () => {
        throw error;
      };
      const op = setUp(m, thrower === 'project' ? fail : () => NEVER, {
        ...(thrower === 'keyOf' ? { keyOf: fail } : {}),
        ...(thrower === 'refuse' ? { refuse: fail, capacity: 0 } : {}),
      });
      m.expectObservable(source$.pipe(op)).toBe('-#', {}, error);
      m.expectSubscriptions(source$.subscriptions).toBe('^!');
    });
  });

  it('unsubscribes from the source and the batches with its subscriber, and starts none after', () => {
    marbles((m) => {
      const source$ = m.hot('a-b---------');
      const unsub = '        ----!';
      const work$ = m.cold('        --------r|');
      const op = setUp(m, () => work$, { concurrency: 1 });
      m.expectObservable(source$.pipe(op), unsub).toBe('-----');
      m.expectSubscriptions(source$.subscriptions).toBe('^---!');
      m.expectSubscriptions(work$.subscriptions).toBe(['^---!']);
    });
  });

  it('reports at any moment how many items wait and how many batches are in flight', () => {
    marbles((m) => {
      let load: BatchLoad | undefined;
      const loads: BatchLoad[] = [];
      const source$ = m.hot('a-(Aab)-------|');
      const op = setUp(m, () => m.cold('--------(r|)'), {
        concurrency: 1,
        size: 2,
        onSubscribe: (view) => {
          load = view;
        },
      });
      m.cold('-x-----x-x----------x').subscribe(() => loads.push({ ...(load as BatchLoad) }));
      m.expectObservable(source$.pipe(op)).toBe('--------r-------r-------(r|)');
      m.flush();
      const inForce = { concurrency: 1, capacity: expect.any(Number), isFull: false };
      expect(loads).toEqual([
        { waiting: 0, underWay: 1, ...inForce },
        { waiting: 3, underWay: 1, ...inForce },
        { waiting: 1, underWay: 1, ...inForce },
        { waiting: 0, underWay: 1, ...inForce },
      ]);
    });
  });

  it('starts with an empty state for each subscriber', () => {
    marbles((m) => {
      const op = setUp(m, (items) => m.cold('-(r|)', { r: items.join('') }));
      const result$ = m.cold('a-|').pipe(op);
      m.expectObservable(concat(result$, result$)).toBe('-r-r|', { r: 'a' });
    });
  });
});
