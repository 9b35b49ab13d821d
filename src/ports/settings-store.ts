import type { SettingOverrides } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';

/** The overrides in force. */
export interface StoredSettings {
  /** Raised by one with each change; 0 before the first. */
  readonly version: number;
  readonly overrides: SettingOverrides;
}

/** The change of one setting. Null stands for its default, which each process has from its environment. */
export interface SettingChange {
  /** The full name, such as `purchase.capacity`. */
  readonly name: string;
  readonly from: SettingValue | null;
  readonly to: SettingValue | null;
}

/** Settings that were changed together. */
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
 * The changes of live settings, and who made them: an append-only list, whose last entry is in force.
 * Errors: Fault `unavailable` or `timeout`.
 */
export interface SettingsStore {
  read(): Promise<StoredSettings>;

  /** Appends a change of version `version - 1`; returns false when another change of that version was appended before. */
  add(change: SettingsChange, overrides: SettingOverrides): Promise<boolean>;

  /** Newest first. */
  history(query: HistoryQuery): Promise<readonly SettingsChange[]>;
}
