import { settingsInForce } from '../../../src/services/settings-admin.ts';
import type { Fleet } from '../roles/fleet.ts';
import { DEFAULTS } from '../roles/role.ts';
import type { DataCenter } from '../servers/data-center.ts';
import type { Report } from './report.ts';

/** At the end every process uses the stored settings, whatever its role and whichever events it lost. */
export async function checkSettings(center: DataCenter, fleet: Fleet, report: Report): Promise<void> {
  for (const name of await withOldSettings(center, fleet)) report(`${name} does not use the stored settings`);
}

/** The processes whose settings are not the stored ones. */
export async function withOldSettings({ settingsStore }: DataCenter, fleet: Fleet): Promise<readonly string[]> {
  const { overrides } = await settingsStore.read();
  const stored = JSON.stringify(settingsInForce(DEFAULTS, overrides));
  return Array.from(fleet.settings()).flatMap(([name, settings]) =>
    JSON.stringify(settings) === stored ? [] : [name],
  );
}
