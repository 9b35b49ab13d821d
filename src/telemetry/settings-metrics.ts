import { Gauge, type Registry } from 'prom-client';
import { byFullName, type LiveSettings } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';

export interface SettingsMetrics {
  /** The settings in force in this process, and their version. */
  readonly settingsInForce: (version: number, settings: LiveSettings) => void;
}

export function createSettingsMetrics(register: Registry): SettingsMetrics {
  const registers = [register];
  const version = new Gauge({
    name: 'floodgate_settings_version',
    help: 'Version of the settings in force in this process; 0 before the first change.',
    registers,
  });
  const numbers = new Gauge({
    name: 'floodgate_setting',
    help: 'Value of a live setting in this process, by full name.',
    labelNames: ['name'],
    registers,
  });
  const choices = new Gauge({
    name: 'floodgate_setting_choice',
    help: 'Live settings with named values: 1 at the value in force.',
    labelNames: ['name', 'value'],
    registers,
  });
  return {
    settingsInForce: (current, settings) => {
      version.set(current);
      choices.reset();
      for (const [name, value] of byFullName<SettingValue>(settings)) {
        if (typeof value === 'number') numbers.set({ name }, value);
        else choices.set({ name, value }, 1);
      }
    },
  };
}
