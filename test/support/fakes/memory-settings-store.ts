import type { SettingOverrides } from '../../../src/domain/live-settings.ts';
import type { HistoryQuery, SettingsChange, SettingsStore } from '../../../src/ports/settings-store.ts';

/** A settings store in memory. */
export class MemorySettingsStore implements SettingsStore {
  /** Newest last. */
  readonly #changes: { readonly change: SettingsChange; readonly overrides: SettingOverrides }[] = [];

  async read() {
    const newest = this.#changes.at(-1);
    return { version: newest?.change.version ?? 0, overrides: newest?.overrides ?? {} };
  }

  async add(change: SettingsChange, overrides: SettingOverrides) {
    if (this.#changes.some((earlier) => earlier.change.version === change.version)) return false;
    this.#changes.push({ change, overrides });
    return true;
  }

  async history({ before = Number.POSITIVE_INFINITY, limit }: HistoryQuery) {
    const older = this.#changes.map(({ change }) => change).filter(({ version }) => version < before);
    return older.toReversed().slice(0, limit);
  }
}
