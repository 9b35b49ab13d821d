import { BehaviorSubject, firstValueFrom, type Observable, race, Subject, timer } from 'rxjs';
import type { Config } from '../config.ts';
import { isValidSetting, type LiveSettings } from '../domain/live-settings.ts';
import { settingsInForce } from '../services/settings-admin.ts';
import { storedSettings, storedSettingsDefaults } from '../streams/stored-settings.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';
import { supervise } from './supervise.ts';

/** What may change while this process runs. */
export interface Settings {
  /** What is in force: at once, and each time that it changes. Never errors. */
  readonly settings$: Observable<LiveSettings>;
  stop(): void;
}

/**
 * How long a start waits for the stored settings. A database that takes longer is away, and sales begin by the settings of
 * the environment.
 */
const FIRST_READ_MS = 1000;

/** What the environment says, for as long as nobody changes it. */
export function defaultSettings({ logLevel, purchase, breakers, limits, settlement }: Config): LiveSettings {
  const { batchSize, batchMs } = settlement;
  return { logLevel, purchase, breakers, limits, settlement: { batchSize, batchMs } };
}

/** Keeps this process's settings as the store has them. Resolves once they are, or the store has proved to be away. */
export async function startSettings(
  { settingsStore, events }: Pick<Ports, 'settingsStore' | 'events'>,
  context: Context,
): Promise<Settings> {
  const { config, log, metrics } = context;
  const defaults = defaultSettings(config);
  const settings$ = new BehaviorSubject<LiveSettings>(defaults);
  const read$ = new Subject<void>();
  let current = 0;
  let away = false;
  metrics.settingsInForce(current, defaults);

  const stored$ = storedSettings(
    { store: settingsStore, events },
    {
      ...storedSettingsDefaults,
      backoff: {
        ...storedSettingsDefaults.backoff,
        onRetry: (err) => {
          // Once an outage: it is tried several times a second.
          if (!away) log.warn({ err }, 'settings could not be read, going on with those that are in force');
          away = true;
        },
      },
    },
  ).pipe(supervise('settings', context));

  const first = firstValueFrom(race(read$, timer(FIRST_READ_MS)));
  const watching = stored$.subscribe(({ version, overrides }) => {
    away = false;
    const settings = settingsInForce(defaults, overrides);
    const ignored = Object.keys(overrides).filter((name) => !isValidSetting(name, overrides[name]));
    if (ignored.length > 0) log.warn({ version, ignored }, 'stored settings that this release does not understand');
    if (version !== current) setLevel(context, version, settings);
    current = version;
    metrics.settingsInForce(version, settings);
    settings$.next(settings);
    read$.next();
  });
  await first;

  return { settings$, stop: () => watching.unsubscribe() };
}

/** Sets the log's level, and says what is in force at whichever of the two levels lets it through. */
function setLevel({ log }: Context, version: number, settings: LiveSettings): void {
  const tell = () => log.info({ version, settings }, 'settings in force');
  const before = log.isLevelEnabled('info');
  if (before) tell();
  log.level = settings.logLevel;
  if (!before) tell();
}
