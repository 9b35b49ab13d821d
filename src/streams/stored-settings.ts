import {
  defer,
  distinctUntilChanged,
  filter,
  merge,
  type Observable,
  type SchedulerLike,
  switchMap,
  timer,
} from 'rxjs';
import type { EventBus } from '../ports/event-bus.ts';
import type { SettingsStore, StoredSettings } from '../ports/settings-store.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface StoredSettingsPorts {
  readonly store: Pick<SettingsStore, 'read'>;
  readonly events: Pick<EventBus, 'events$'>;
}

export interface StoredSettingsOptions {
  /** Events may be lost: the store is also read at this interval. Milliseconds. */
  readonly pollMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const storedSettingsDefaults = {
  // A select of one row; a process that missed the event lags behind by less time than an admin looks at a chart.
  pollMs: 5000,
  backoff: { baseMs: 100, capMs: 2000 },
} as const satisfies StoredSettingsOptions;

/**
 * Emits the stored settings: now, and each time that their version differs, which includes the database being restored
 * from an older backup. A change event cancels a read in progress, which may have read the old version. While the store
 * is unavailable it is retried; nothing is emitted meanwhile, and the last emitted settings stay in effect.
 */
export function storedSettings(
  { store, events }: StoredSettingsPorts,
  options: StoredSettingsOptions = storedSettingsDefaults,
): Observable<StoredSettings> {
  const { pollMs, backoff, scheduler } = options;
  const read$ = defer(() => store.read()).pipe(
    retryWithBackoff({ ...backoff, retryable: () => true, ...(scheduler === undefined ? {} : { scheduler }) }),
  );
  return merge(
    events.events$.pipe(filter(({ type }) => type === 'settings')),
    // A separate timer: events must not postpone the next poll forever.
    timer(0, pollMs, scheduler),
  ).pipe(
    switchMap(() => read$),
    distinctUntilChanged((one, other) => one.version === other.version),
  );
}
