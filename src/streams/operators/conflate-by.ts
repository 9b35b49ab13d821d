import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import { stopWith } from './stop-with.ts';

export interface ConflateByOptions<T, K> {
  /** Values of one key are conflated, independently of other keys. */
  readonly keyOf: (value: T) => K;
  /** Minimum milliseconds between two values of a key. */
  readonly ms: number;
  /** Merges two values of a key. @default the later one */
  readonly merge?: (held: T, next: T) => T;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits at most one value per key every `ms`: the first at once, then the merged values that arrive in the meantime.
 * The last one is never lost, not even when the source ends. A key that is idle for `ms` is dropped.
 */
export function conflateBy<T, K>(options: ConflateByOptions<T, K>): OperatorFunction<T, T> {
  const { keyOf, ms, merge = (_held, next) => next, scheduler = asyncScheduler } = options;

  return (source$) =>
    new Observable<T>((subscriber) => {
      const windows = new Map<K, Window<T>>();

      const open = (key: K, value: T) => {
        const window: Window<T> = { held: undefined, timer: undefined };
        // Registered before the value is emitted: the subscriber may make the source emit again reentrantly.
        windows.set(key, window);
        window.timer = scheduler.schedule(() => end(key, window), ms);
        subscriber.add(window.timer);
        subscriber.next(value);
      };

      const end = (key: K, { held, timer }: Window<T>) => {
        windows.delete(key);
        if (timer !== undefined) subscriber.remove(timer);
        timer?.unsubscribe();
        if (held !== undefined) open(key, held.value);
      };

      const take = (value: T) => {
        const key = keyOf(value);
        const window = windows.get(key);
        if (window === undefined) open(key, value);
        else window.held = { value: window.held === undefined ? value : merge(window.held.value, value) };
      };

      const flush = () => {
        const held = Array.from(windows.values(), (window) => window.held);
        windows.clear();
        for (const one of held) if (one !== undefined) subscriber.next(one.value);
      };

      source$.pipe(stopWith(subscriber)).subscribe({
        next: (value) => {
          try {
            take(value);
          } catch (error) {
            flush();
            subscriber.error(error);
          }
        },
        error: (error: unknown) => {
          flush();
          subscriber.error(error);
        },
        complete: () => {
          flush();
          subscriber.complete();
        },
      });
    });
}

interface Window<T> {
  held: { readonly value: T } | undefined;
  timer: Subscription | undefined;
}
