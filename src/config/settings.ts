import { PROCESS_SETTINGS } from './process-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { describeSettings } from './setting.ts';
import { TUNING_SETTINGS } from './tuning-settings.ts';

/** Every setting, in the order of the help. */
export const SETTINGS = { ...PROCESS_SETTINGS, ...SERVER_SETTINGS, ...TUNING_SETTINGS };

/** Every setting with its meaning, range and default, for `floodgate serve --help`. */
export function settingsHelp(): string {
  const section = (tuning: boolean) =>
    describeSettings(Object.fromEntries(Object.entries(SETTINGS).filter(([, setting]) => setting.tuning === tuning)));
  return `Settings (environment variables):\n${section(false)}\n\nTuning (the defaults fit most machines):\n${section(true)}`;
}
