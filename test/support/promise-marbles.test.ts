import { concatMap, delay, ignoreElements, of, repeat, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { promiseMarbles, UNAVAILABLE } from './promise-marbles.ts';

const double = async (text: string) => text + text;

describe('promiseMarbles', () => {
  it('lets promises answer in the frames of their diagrams', () =>
    promiseMarbles((m) => {
      const call = m.port(double, ['--a|', 'a|', '-#']);
      const input$ = m.hot('        a--b-c----|');
      const output$ = input$.pipe(concatMap(call));
      m.expectObservable(output$).toBe('--ab--#', { a: 'aa', b: 'bb' }, UNAVAILABLE);
      m.expectObservable(call.calls$).toBe('a--b-c', { a: ['a', 0], b: ['b', 1], c: ['c', 2] });
      m.expectSubscriptions(input$.subscriptions).toBe('^-----!');
    }));

  it('does the work of a call whose answer is lost, and not of a call that is rejected', () =>
    promiseMarbles((m) => {
      const work = m.port(async () => undefined, 'a|');
      const lost = m.port(work, 'a-#');
      const rejected = m.port(work, '--#');
      m.expectObservable(m.hot('-a|').pipe(concatMap(() => lost()))).toBe('---#', undefined, UNAVAILABLE);
      m.expectObservable(m.hot('---a|').pipe(concatMap(() => rejected()))).toBe('-----#', undefined, UNAVAILABLE);
      m.expectObservable(work.calls$).toBe('-a', { a: [] });
    }));

  it('advances its clock and its timers with the frames', () =>
    promiseMarbles((m) => {
      const read = m.port(async () => m.clock.monotonic(), '-a|');
      const output$ = m.hot('a----|').pipe(
        delay(2, m.scheduler),
        concatMap(() => read()),
      );
      m.expectObservable(output$).toBe('---a-|', { a: 3 });
    }));

  it('runs the end of a turn after the promises of its frame', () =>
    promiseMarbles((m) => {
      const calls: string[] = [];
      const note = m.port(async (text: string) => void calls.push(text), 'a|');
      const call$ = m.hot('--a').pipe(
        concatMap(async () => {
          m.endOfTurn(() => calls.push('end'));
          await note('answer');
          await note('another');
        }),
        delay(1, m.scheduler),
      );
      m.expectObservable(call$.pipe(concatMap(() => of(calls)))).toBe('---a', { a: ['answer', 'another', 'end'] });
    }));

  it.each([
    ['a frame too early', '-a|'],
    ['a frame too late', '---a|'],
    ['not at all', '-'],
    ['with a fault', '--#'],
  ])('fails when an answer comes %s', async (_, diagram) => {
    const run = promiseMarbles((m) => {
      const call = m.port(double, diagram);
      m.expectObservable(m.hot('a').pipe(concatMap((text) => call(text)))).toBe('--a', { a: 'aa' });
    });
    await expect(run).rejects.toThrow();
  });

  it('fails when nothing is expected, or when something never ends', async () => {
    await expect(promiseMarbles(() => undefined)).rejects.toThrow('expects nothing');
    const tickFrom = (unsubscribed: string | null) =>
      promiseMarbles((m) => {
        const tick$ = timer(1000, m.scheduler).pipe(repeat(), ignoreElements());
        m.expectObservable(tick$, unsubscribed).toBe('-');
      });
    await expect(tickFrom(null)).rejects.toThrow('still due');
    await tickFrom('^ 5s !');
  });
});
