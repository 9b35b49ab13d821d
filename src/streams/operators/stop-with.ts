import { type MonoTypeOperatorFunction, Observable, type Subscription, takeUntil } from 'rxjs';

/**
 * Unsubscribes from its source and completes the moment `subscription` ends, even while the source emits synchronously.
 * Adding the source's own subscription would not do: it becomes available only after a synchronous source has finished.
 */
export function stopWith<T>(subscription: Subscription): MonoTypeOperatorFunction<T> {
  const ended$ = new Observable<void>((subscriber) => {
    const end = () => subscriber.next();
    subscription.add(end);
    return () => subscription.remove(end);
  });
  return takeUntil(ended$);
}
