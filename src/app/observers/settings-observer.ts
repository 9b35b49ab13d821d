import type { LiveSettings } from '../../domain/live-settings.ts';
import type { SettingsObserver } from '../../roles/settings.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** Writes settings changes to the log and the metrics; sets the log level. */
export function createSettingsObserver({ log, metrics }: Pick<Context, 'log' | 'metrics'>): SettingsObserver {
  let current = 0;
  let isUnreadable = false;

  /** Logs the settings under the old or the new level, whichever lets the line through. */
  const setLevel = (version: number, settings: LiveSettings): void => {
    const report = () => log.info({ version, settings }, 'settings in force');
    const before = log.isLevelEnabled('info');
    if (before) report();
    log.level = settings.logLevel;
    if (!before) report();
  };

  return {
    ...logStreamFailures(log),
    settingsInForce: (version, settings) => {
      if (version !== current) setLevel(version, settings);
      current = version;
      metrics.settingsInForce(version, settings);
    },
    settingsIgnored: (version, ignored) =>
      log.warn({ version, ignored }, 'stored settings that this release does not know or accept'),
    settingsUnreadable: (err) => {
      // Once per outage: the store is retried several times a second.
      if (err !== undefined && !isUnreadable)
        log.warn({ err }, 'the settings could not be read; the current ones stay in force');
      isUnreadable = err !== undefined;
    },
  };
}
