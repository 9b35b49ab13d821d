import { concat, defer, firstValueFrom, from, of, range, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchMap } from './batch-map.ts';

/** What marbles can't express: reentrant calls, and promises. */
describe('batchMap, called reentrantly', () => {
  it('starts nothing when it is unsubscribed before the end of the turn', () => {
    const tasks: (() => void)[] = [];
    let started = 0;
    const source$ = new Subject<string>();
    const subscription = source$
      .pipe(
        batchMap(() => of(++started), {
          keyOf: () => 'a',
          size: 2,
          concurrency: 1,
          capacity: 1,
          refuse: () => 0,
          schedule: (task) => tasks.push(task),
        }),
      )
      .subscribe();
    source$.next('a');
    subscription.unsubscribe();
    for (const task of tasks) task();
    expect(started).toBe(0);
  });

  it('starts batches in the middle of a turn once they fill all slots, and the rest at its end', () => {
    const tasks: (() => void)[] = [];
    const started: string[] = [];
    const source$ = new Subject<string>();
    source$
      .pipe(
        batchMap(
          (items) => {
            started.push(items.join(''));
            return of(items.length);
          },
          {
            keyOf: () => 'a',
            size: 2,
            concurrency: 2,
            capacity: 9,
            refuse: () => 0,
            schedule: (task) => tasks.push(task),
          },
        ),
      )
      .subscribe();
    for (const item of ['a', 'b', 'c']) source$.next(item);
    expect(started).toEqual([]);
    for (const item of ['d', 'e']) source$.next(item);
    expect(started).toEqual(['ab', 'cd']);
    for (const task of tasks) task();
    expect(started).toEqual(['ab', 'cd', 'e']);
  });

  it('unsubscribes from a synchronous source and a synchronous batch when its subscriber has enough', () => {
    const pulled: string[] = [];
    const pull = (item: string) =>
      defer(() => {
        pulled.push(item);
        return of(item);
      });
    const synchronously = (task: () => void) => task();
    const options = { keyOf: String, size: 1, concurrency: 1, capacity: 9, refuse: String, schedule: synchronously };
    concat(pull('a'), pull('b'), pull('c'))
      .pipe(
        batchMap((items) => concat(pull(`${items}1`), pull(`${items}2`), pull(`${items}3`)), options),
        take(2),
      )
      .subscribe();
    expect(pulled).toEqual(['a', 'a1', 'a2']);
  });

  it('runs 100,000 waiting batches that end synchronously without growing the stack', () => {
    const COUNT = 100_000;
    const answers: number[] = [];
    const first$ = new Subject<number>();
    range(0, COUNT)
      .pipe(
        batchMap(([item = -1]) => (item === 0 ? first$ : of(item)), {
          keyOf: String,
          size: 1,
          concurrency: 1,
          capacity: COUNT,
          refuse: () => -1,
        }),
      )
      .subscribe((value) => answers.push(value));
    first$.next(0);
    first$.complete();
    expect(answers).toEqual(Array.from({ length: COUNT }, (_, n) => n));
  });

  it('accepts what its own output makes the source emit', () => {
    const source$ = new Subject<number>();
    const seen: number[] = [];
    const tasks: (() => void)[] = [];
    source$
      .pipe(
        batchMap((items: readonly number[]) => from(items), {
          keyOf: () => 'a',
          size: 2,
          concurrency: 1,
          capacity: 10,
          refuse: () => -1,
          schedule: (task) => tasks.push(task),
        }),
      )
      .subscribe((value) => {
        seen.push(value);
        if (value < 4) {
          source$.next(value * 2);
          source$.next(value * 2 + 1);
        }
      });
    source$.next(1);
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('answers what was accepted although its own output completes the source', () => {
    const source$ = new Subject<number>();
    const seen: (number | string)[] = [];
    const options = { keyOf: String, size: 4, concurrency: 1, capacity: 10, refuse: () => -1 };
    const tasks: (() => void)[] = [];
    source$
      .pipe(batchMap((items: readonly number[]) => from(items), { ...options, schedule: (task) => tasks.push(task) }))
      .subscribe({
        next: (value) => {
          seen.push(value);
          source$.complete();
        },
        complete: () => seen.push('done'),
      });
    for (const item of [1, 2, 3]) source$.next(item);
    for (const task of tasks) task();
    expect(seen).toEqual([1, 2, 3, 'done']);
  });

  it('ends with the reason of a rejected promise', async () => {
    const failing$ = of('a').pipe(
      batchMap(() => Promise.reject(new Error('lost')), {
        keyOf: String,
        size: 1,
        concurrency: 1,
        capacity: 1,
        refuse: String,
      }),
    );
    await expect(firstValueFrom(failing$)).rejects.toThrow('lost');
  });
});
