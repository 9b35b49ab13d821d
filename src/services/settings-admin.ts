import { type LiveSettings, mayBe, type SettingOverrides, withOverrides } from '../domain/live-settings.ts';
import type { SettingValue } from '../domain/setting-range.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HistoryQuery, SettingChange, SettingsChange, SettingsStore } from '../ports/settings-store.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** The settings of all processes, as an admin sees them. */
export interface SettingsView {
  readonly version: number;
  /** What is in force. */
  readonly settings: LiveSettings;
  readonly defaults: LiveSettings;
  /** Full names of the settings that don't have their defaults. */
  readonly changed: readonly string[];
}

/** By full name; null puts a setting back to its default. */
export type SettingsPatch = ReadonlyMap<string, SettingValue | null>;

/** A value that this installation can't have. */
export interface SettingRefusal {
  readonly name: string;
  readonly message: string;
}

export type SettingsOutcome =
  | { readonly kind: 'changed'; readonly view: SettingsView }
  /** They are not of the expected version. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'invalid'; readonly errors: readonly SettingRefusal[] };

export interface HistoryPage {
  readonly items: readonly SettingsChange[];
  /** The `before` of the next page; undefined on the last. */
  readonly next?: number;
}

export interface SettingsAdminPorts {
  readonly settingsStore: SettingsStore;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  /** What this process has from its environment. */
  readonly defaults: LiveSettings;
}

/** The settings that change while processes run, for the admin. Every process learns of a change by itself. */
export class SettingsAdmin {
  constructor(private readonly ports: SettingsAdminPorts) {}

  async view(): Promise<SettingsView> {
    const { version, overrides } = await this.ports.settingsStore.read();
    return this.#viewOf(version, overrides);
  }

  /** Without an expected version the change is made to whatever is stored. One that changes nothing is not kept. */
  async change(patch: SettingsPatch, by: string, expectedVersion?: number): Promise<SettingsOutcome> {
    const { settingsStore, events, clock, defaults } = this.ports;
    const errors = refusals(patch, defaults);
    if (errors.length > 0) return { kind: 'invalid', errors };
    return retryOnConflict<SettingsOutcome>(async () => {
      const stored = await settingsStore.read();
      if (expectedVersion !== undefined && expectedVersion !== stored.version) return { kind: 'stale' };
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
  async history(query: HistoryQuery): Promise<HistoryPage> {
    const found = await this.ports.settingsStore.history({ ...query, limit: query.limit + 1 });
    if (found.length <= query.limit) return { items: found };
    const items = found.slice(0, query.limit);
    return { items, next: (items.at(-1) as SettingsChange).version };
  }

  #viewOf(version: number, overrides: SettingOverrides): SettingsView {
    const { defaults } = this.ports;
    const changed = Object.entries(overrides).filter(([name, value]) => mayBe(name, value));
    return {
      version,
      settings: settingsInForce(defaults, overrides),
      defaults,
      changed: changed.map(([name]) => name).toSorted(),
    };
  }
}

/**
 * What is in force where the environment says `defaults`. No purchase takes longer than the environment's deadline: the
 * recovery of a lost queue waits that long for the last answers, whatever each front believes at the time.
 */
export function settingsInForce(defaults: LiveSettings, overrides: SettingOverrides): LiveSettings {
  const settings = withOverrides(defaults, overrides);
  const deadlineMs = Math.min(settings.purchase.deadlineMs, defaults.purchase.deadlineMs);
  return { ...settings, purchase: { ...settings.purchase, deadlineMs } };
}

/** What no range of a single setting can say. */
function refusals(patch: SettingsPatch, { purchase }: LiveSettings): readonly SettingRefusal[] {
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
  // What another release has stored and this one doesn't know stays.
  const next = new Map(Object.entries(overrides));
  for (const { name, to } of changes) {
    if (to === null) next.delete(name);
    else next.set(name, to);
  }
  return Object.fromEntries(next);
}
