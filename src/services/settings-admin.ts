import { isValidSetting, type LiveSettings, type SettingOverrides, withOverrides } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HistoryQuery, SettingChange, SettingsChange, SettingsStore } from '../ports/settings-store.ts';
import { type Page, readPage } from './page.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** The live settings, which all processes share, as an admin sees them. */
export interface SettingsView {
  readonly version: number;
  /** The values in force. */
  readonly settings: LiveSettings;
  readonly defaults: LiveSettings;
  /** Full names of the settings that differ from their defaults. */
  readonly changed: readonly string[];
}

/** By full name; null resets a setting to its default. */
export type SettingsPatch = ReadonlyMap<string, SettingValue | null>;

/** A value that is not valid for this installation. */
export interface InvalidSetting {
  readonly name: string;
  readonly message: string;
}

export type SettingsOutcome =
  | { readonly kind: 'changed'; readonly view: SettingsView }
  /** The stored version is not the expected one. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'invalid'; readonly errors: readonly InvalidSetting[] };

/** Its cursor is the version before which the next page begins. */
export type HistoryPage = Page<SettingsChange, number>;

export interface SettingsAdminPorts {
  readonly settingsStore: SettingsStore;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  /** The values that this process has from its environment. */
  readonly defaults: LiveSettings;
}

/** An admin's operations on the live settings. Each change is published, and every process applies it by itself. */
export class SettingsAdmin {
  constructor(private readonly ports: SettingsAdminPorts) {}

  async view(): Promise<SettingsView> {
    const { version, overrides } = await this.ports.settingsStore.read();
    return this.#viewOf(version, overrides);
  }

  /**
   * Without `expected` versions the change applies to whatever version is stored. A change without effect is not stored.
   */
  async change(patch: SettingsPatch, by: string, expected?: readonly number[]): Promise<SettingsOutcome> {
    const { settingsStore, events, clock, defaults } = this.ports;
    const errors = invalidIn(patch, defaults);
    if (errors.length > 0) return { kind: 'invalid', errors };
    return retryOnConflict<SettingsOutcome>(async () => {
      const stored = await settingsStore.read();
      if (expected?.includes(stored.version) === false) return { kind: 'stale' };
      const changes = changesOf(stored.overrides, patch);
      if (changes.length === 0) return { kind: 'changed', view: this.#viewOf(stored.version, stored.overrides) };
      const version = stored.version + 1;
      const overrides = changed(stored.overrides, changes);
      if (!(await settingsStore.add({ version, at: clock.now(), by, changes }, overrides))) return undefined;
      events.publish({ type: 'settings', version });
      return { kind: 'changed', view: this.#viewOf(version, overrides) };
    });
  }

  /** Newest first; `limit` is 1 to 200. */
  history(query: HistoryQuery): Promise<HistoryPage> {
    return readPage(
      query.limit,
      (limit) => this.ports.settingsStore.history({ ...query, limit }),
      ({ version }) => version,
    );
  }

  #viewOf(version: number, overrides: SettingOverrides): SettingsView {
    const { defaults } = this.ports;
    const changed = Object.entries(overrides).filter(([name, value]) => isValidSetting(name, value));
    return {
      version,
      settings: settingsInForce(defaults, overrides),
      defaults,
      changed: changed.map(([name]) => name).toSorted(),
    };
  }
}

/**
 * The values in force, with `defaults` from the environment. The deadline of purchases is never longer than the
 * environment's: the recovery of a lost queue waits that long for the last answers, whichever setting each front has.
 */
export function settingsInForce(defaults: LiveSettings, overrides: SettingOverrides): LiveSettings {
  const settings = withOverrides(defaults, overrides);
  const deadlineMs = Math.min(settings.purchase.deadlineMs, defaults.purchase.deadlineMs);
  return { ...settings, purchase: { ...settings.purchase, deadlineMs } };
}

/** Violations that the range of a single setting can't express. */
function invalidIn(patch: SettingsPatch, { purchase }: LiveSettings): readonly InvalidSetting[] {
  const deadline = patch.get('purchase.deadlineMs');
  if (typeof deadline !== 'number' || deadline <= purchase.deadlineMs) return [];
  const message = `must not be more than ${purchase.deadlineMs}, the REQUEST_DEADLINE_MS of this installation`;
  return [{ name: 'purchase.deadlineMs', message }];
}

function changesOf(overrides: SettingOverrides, patch: SettingsPatch): readonly SettingChange[] {
  return Array.from(patch, ([name, to]) => ({ name, from: overrides[name] ?? null, to })).filter(
    ({ from, to }) => from !== to,
  );
}

function changed(overrides: SettingOverrides, changes: readonly SettingChange[]): SettingOverrides {
  // Settings of another release, which this one doesn't know, are kept.
  const next = new Map(Object.entries(overrides));
  for (const { name, to } of changes) {
    if (to === null) next.delete(name);
    else next.set(name, to);
  }
  return Object.fromEntries(next);
}
