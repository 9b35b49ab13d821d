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
  /** News may be lost: so often the store is asked anyway. Milliseconds. */
  readonly pollMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const storedSettingsDefaults = {
  // A select of one row; a process that missed the events is behind for no longer than an admin looks at a chart.
  pollMs: 5000,
  backoff: { baseMs: 100, capMs: 2000 },
} as const satisfies StoredSettingsOptions;

/**
 * What the store holds: now, and each time that its version differs, which it also does when the database was restored
 * from an older backup. News of a change cut short a read that is under way, for it may come too early. A store that is
 * away is asked again and again; meanwhile nothing is emitted, and what was emitted last stands.
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
    // Counted by itself: events must not put off the next look for ever.
    timer(0, pollMs, scheduler),
  ).pipe(
    switchMap(() => read$),
    distinctUntilChanged((one, other) => one.version === other.version),
  );
}
