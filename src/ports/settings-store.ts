import type { SettingOverrides } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';

/** The settings that were changed. */
export interface StoredSettings {
  /** Raised by one with each change; 0 before the first. */
  readonly version: number;
  readonly overrides: SettingOverrides;
}

/** Of one setting; null stands for its default, which each process has from its environment. */
export interface SettingChange {
  /** Its full name: `purchase.capacity`. */
  readonly name: string;
  readonly from: SettingValue | null;
  readonly to: SettingValue | null;
}

/** What was changed at once. */
export interface SettingsChange {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The admin's user id. */
  readonly by: string;
  readonly changes: readonly SettingChange[];
}

export interface HistoryQuery {
  /** Only changes older than this version. */
  readonly before?: number;
  /** 1 to 201. */
  readonly limit: number;
}

/**
 * The settings that were changed while the processes ran, and by whom: one list that is only added to, whose last entry
 * is in force. Errors: Fault `unavailable` or `timeout`.
 */
export interface SettingsStore {
  read(): Promise<StoredSettings>;

  /** Adds a change that was made from version `version - 1`; false when somebody else has made one from it. */
  add(change: SettingsChange, overrides: SettingOverrides): Promise<boolean>;

  /** Newest first. */
  history(query: HistoryQuery): Promise<readonly SettingsChange[]>;
}
