import type { Config } from '../config.ts';
import type { LiveSettings } from '../domain/live-settings.ts';

/** The live settings of the environment, in force until an admin changes them. */
export function defaultSettings({ logLevel, purchase, breakers, limits, payment, settlement }: Config): LiveSettings {
  const { batchSize, batchMs } = settlement;
  return { logLevel, purchase, breakers, limits, payment, settlement: { batchSize, batchMs } };
}

/** The consumer groups of the order log. */
export function groupsOf({ settlement, liveView }: Pick<Config, 'settlement' | 'liveView'>) {
  return { settlement: settlement.group, liveView: liveView.group };
}
