import { NEVER, of, range, Subject, Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../../../test/support/marbles.ts';
import { stopWith } from './stop-with.ts';

/** Counts the teardowns that it holds. */
class CountingSubscription extends Subscription {
  held = 0;

  override add(teardown: Parameters<Subscription['add']>[0]): void {
    this.held += 1;
    super.add(teardown);
  }

  override remove(teardown: Parameters<Subscription['remove']>[0]): void {
    this.held -= 1;
    super.remove(teardown);
  }
}

describe('stopWith', () => {
  it('passes on its source while the subscription lasts', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a-b-|');
      expectObservable(source$.pipe(stopWith(new Subscription()))).toBe('-a-b-|');
      expectSubscriptions(source$.subscriptions).toBe('^----!');
      expectObservable(hot('-a-#').pipe(stopWith(new Subscription()))).toBe('-a-#');
    });
  });

  it('completes and unsubscribes from its source when the subscription ends', () => {
    marbles(({ hot, expectObservable, expectSubscriptions, scheduler }) => {
      const source$ = hot('-a-b-c');
      const subscription = new Subscription();
      scheduler.schedule(() => subscription.unsubscribe(), 4);
      expectObservable(source$.pipe(stopWith(subscription))).toBe('-a-b|');
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });

  it('unsubscribes from a synchronous source in the middle', () => {
    const subscription = new Subscription();
    const seen: number[] = [];
    range(0, 1_000_000_000)
      .pipe(stopWith(subscription))
      .subscribe((value) => {
        seen.push(value);
        if (value === 2) subscription.unsubscribe();
      });
    expect(seen).toEqual([0, 1, 2]);
  });

  it('does not subscribe to its source at all if the subscription has ended already', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source$ = hot('-a');
      expectObservable(source$.pipe(stopWith(Subscription.EMPTY))).toBe('|');
      expectSubscriptions(source$.subscriptions).toBe([]);
    });
  });

  it('leaves nothing behind in a subscription that outlives its source', () => {
    const subscription = new CountingSubscription();
    const open$ = new Subject<number>();
    of(1).pipe(stopWith(subscription)).subscribe();
    open$.pipe(stopWith(subscription)).subscribe();
    NEVER.pipe(stopWith(subscription)).subscribe().unsubscribe();
    expect(subscription.held).toBe(1);
    open$.complete();
    expect(subscription.held).toBe(0);
  });
});
