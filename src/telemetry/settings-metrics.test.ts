import { expect, it } from 'vitest';
import { aSettings } from '../../test/support/settings.ts';
import { createMetrics } from './metrics.ts';

it('shows the settings in force and their version', async () => {
  const metrics = createMetrics({ process: false });
  metrics.settingsInForce(0, aSettings());
  const { purchase, ...rest } = aSettings();
  metrics.settingsInForce(3, { ...rest, logLevel: 'debug', purchase: { ...purchase, capacity: 5 } });
  const samples = (await metrics.expose()).body.split('\n').filter((line) => line.startsWith('floodgate_setting'));
  expect(samples).toContain('floodgate_settings_version 3');
  expect(samples).toContain('floodgate_setting{name="purchase.capacity"} 5');
  expect(samples).toContain('floodgate_setting{name="breakers.failureShare"} 0.5');
  expect(samples.filter((line) => line.startsWith('floodgate_setting_choice'))).toEqual([
    'floodgate_setting_choice{name="logLevel",value="debug"} 1',
  ]);
});
