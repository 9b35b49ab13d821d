import type { LiveSettings } from '../../domain/live-settings.ts';
import type { SettingsObserver } from '../../roles/settings.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** What becomes of the settings, in the log and in the metrics; sets the log's level. */
export function createSettingsObserver({ log, metrics }: Pick<Context, 'log' | 'metrics'>): SettingsObserver {
  let current = 0;
  let isUnreadable = false;

  /** Says what is in force at whichever of the two levels lets it through. */
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
      // Once an outage: the store is tried several times a second.
      if (err !== undefined && !isUnreadable)
        log.warn({ err }, 'the settings could not be read; the current ones stay');
      isUnreadable = err !== undefined;
    },
  };
}
