import { type MonoTypeOperatorFunction, Observable, type Subscription, takeUntil } from 'rxjs';

/**
 * Unsubscribes from its source and completes the moment that `subscription` ends, even while the source emits synchronously: that one
 * would go on to its end, since it hands out its subscription only then.
 */
export function stopWith<T>(subscription: Subscription): MonoTypeOperatorFunction<T> {
  const ended$ = new Observable<void>((subscriber) => {
    const end = () => subscriber.next();
    subscription.add(end);
    return () => subscription.remove(end);
  });
  return takeUntil(ended$);
}
