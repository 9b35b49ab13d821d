import { BehaviorSubject, firstValueFrom, type Observable, race, Subject, timer } from 'rxjs';
import { isValidSetting, type LiveSettings } from '../domain/live-settings.ts';
import { settingsInForce } from '../services/settings-admin.ts';
import { storedSettings, storedSettingsDefaults } from '../streams/stored-settings.ts';
import type { Ports } from './ports.ts';
import type { RoleObserver, Runtime } from './runtime.ts';
import { supervise } from './supervise.ts';

/** The live settings of a process, as all of its roles read them. */
export interface Settings {
  /** The settings in force. */
  readonly current: () => LiveSettings;
  /** The settings in force: on subscription, and on each change. Never errors. */
  readonly settings$: Observable<LiveSettings>;
  stop(): void;
}

export interface SettingsObserver extends RoleObserver {
  /** Settings of this version are in force; version 0 stands for the defaults. */
  readonly settingsInForce: (version: number, settings: LiveSettings) => void;
  /** Stored settings, by full name, that this release does not know or accept. */
  readonly settingsIgnored: (version: number, names: readonly string[]) => void;
  /** The store could not be read and is retried; undefined once it was read. */
  readonly settingsUnreadable: (error: unknown) => void;
}

export interface SettingsParts extends Pick<Runtime, 'timers' | 'random'> {
  /** The settings of the environment. */
  readonly defaults: LiveSettings;
  readonly observer: SettingsObserver;
  readonly options?: SettingsOptions;
}

export interface SettingsOptions {
  /** How long startup waits for the stored settings, milliseconds. */
  readonly firstReadMs: number;
  /** Interval at which the store is read regardless of events, which may be lost; milliseconds. */
  readonly pollMs: number;
}

const settingsDefaults = {
  // A database that takes longer is unavailable, and sales start with the settings of the environment.
  firstReadMs: 1000,
  pollMs: storedSettingsDefaults.pollMs,
} as const satisfies SettingsOptions;

/** Keeps a process' settings in step with the store. Resolves once they were read, or `firstReadMs` have passed. */
export async function followSettings(
  { settingsStore, events }: Pick<Ports, 'settingsStore' | 'events'>,
  { defaults, timers, random, observer, options = settingsDefaults }: SettingsParts,
): Promise<Settings> {
  const settings$ = new BehaviorSubject<LiveSettings>(defaults);
  const read$ = new Subject<void>();
  const { backoff } = storedSettingsDefaults;
  observer.settingsInForce(0, defaults);

  const stored$ = storedSettings(
    { store: settingsStore, events },
    {
      pollMs: options.pollMs,
      backoff: { ...backoff, random, onRetry: observer.settingsUnreadable },
      scheduler: timers.scheduler,
    },
  ).pipe(supervise('settings', { timers, random }, observer));

  const first = firstValueFrom(race(read$, timer(options.firstReadMs, timers.scheduler)));
  const following = stored$.subscribe(({ version, overrides }) => {
    observer.settingsUnreadable(undefined);
    const ignored = Object.keys(overrides).filter((name) => !isValidSetting(name, overrides[name]));
    if (ignored.length > 0) observer.settingsIgnored(version, ignored);
    const settings = settingsInForce(defaults, overrides);
    observer.settingsInForce(version, settings);
    settings$.next(settings);
    read$.next();
  });
  await first;

  return { current: () => settings$.value, settings$, stop: () => following.unsubscribe() };
}
