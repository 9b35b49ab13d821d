import { Gauge, type Registry } from 'prom-client';
import { byFullName, type LiveSettings } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';

export interface SettingsMetrics {
  /** What is in force in this process, and the version that it is of. */
  readonly settingsInForce: (version: number, settings: LiveSettings) => void;
}

export function createSettingsMetrics(register: Registry): SettingsMetrics {
  const registers = [register];
  const version = new Gauge({
    name: 'floodgate_settings_version',
    help: 'The version of the settings that are in force in this process; 0 before the first change.',
    registers,
  });
  const numbers = new Gauge({
    name: 'floodgate_setting',
    help: 'A setting that may change while it runs, as this process has it, by its full name.',
    labelNames: ['name'],
    registers,
  });
  const words = new Gauge({
    name: 'floodgate_setting_choice',
    help: 'The same of a setting that is a word: 1 at the one that is chosen.',
    labelNames: ['name', 'value'],
    registers,
  });
  return {
    settingsInForce: (current, settings) => {
      version.set(current);
      words.reset();
      for (const [name, value] of byFullName<SettingValue>(settings)) {
        if (typeof value === 'number') numbers.set({ name }, value);
        else words.set({ name, value }, 1);
      }
    },
  };
}
