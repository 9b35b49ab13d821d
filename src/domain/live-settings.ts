import { choice, number, type SettingRange, type SettingValue, type ValuesIn, whole } from './setting-range.ts';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** More than a front can handle. */
const MAX_PER_SECOND = 1_000_000;

/**
 * The settings that can change while a process runs, with their ranges. The environment variables of the same meaning, the
 * API reference and the operator's guide take the ranges from here. To add a setting, add a row here, its default in the
 * configuration, and the code that applies it.
 */
export const LIVE_SETTINGS = {
  logLevel: choice({ meaning: 'The least severe log lines that are written.', values: LOG_LEVELS }),
  purchase: {
    batchSize: whole({
      meaning: 'Purchases of one sale per call of the ticket queue; more than 64 only delay the first one.',
      min: 1,
      // The most that TicketQueue.reserve takes.
      max: 256,
    }),
    concurrency: whole({
      meaning: 'Batches in flight through queue and log at once; meanwhile the next one fills.',
      min: 1,
      max: 256,
    }),
    capacity: whole({
      meaning: 'Purchases that may wait; the rest get 503 at once. About what is processed in a fifth of a second.',
      min: 1,
      max: 1_000_000,
    }),
    deadlineMs: whole({
      meaning: 'Milliseconds after which a purchase is answered 503; a recovery of the queue waits as long.',
      min: 100,
      max: 60_000,
    }),
    soldOutMs: whole({
      meaning:
        'Milliseconds for which a sold-out sale is not asked for again; a returned ticket is on sale that much later.',
      min: 0,
      max: 10_000,
    }),
  },
  breakers: {
    failureShare: number({
      meaning: "Share of a dependency's calls that must fail before its breaker opens.",
      min: 0.01,
      max: 0.99,
    }),
    windowMs: whole({
      meaning: 'Milliseconds over which a breaker counts failures; short disturbances do not open it.',
      min: 1000,
      max: 600_000,
    }),
    halfOpenAfterMs: whole({
      meaning:
        'Milliseconds before an open breaker lets one call through to find out whether the dependency has recovered.',
      min: 50,
      max: 60_000,
    }),
  },
  limits: {
    buyer: whole({
      meaning: 'Purchases and order requests of one buyer per second, over all fronts; more get 429. 0: unlimited.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    address: whole({
      meaning: 'The same for one address, which thousands of buyers may share behind some networks. 0: unlimited.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    attempts: whole({
      meaning: 'Attempts of one buyer to buy in one sale within a minute, over all fronts; more get 429. 0: unlimited.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
  },
  settlement: {
    batchSize: whole({
      meaning: 'Orders that a worker stores in one transaction; larger ones gain little and hold locks longer.',
      min: 1,
      max: 10_000,
    }),
    batchMs: whole({
      meaning: 'Milliseconds that a settlement batch waits to be filled; orders are stored that much later.',
      min: 0,
      max: 10_000,
    }),
  },
} as const;

/** The values of the live settings. */
export type LiveSettings = ValuesIn<typeof LIVE_SETTINGS>;

/** The values of the settings that differ from their defaults, by full name (`purchase.capacity`). */
export type SettingOverrides = Readonly<Record<string, SettingValue>>;

/** Each setting's range by its full name. */
export const SETTING_RANGES: ReadonlyMap<string, SettingRange> = new Map(
  Object.entries(LIVE_SETTINGS).flatMap(([name, entry]): (readonly [string, SettingRange])[] =>
    'kind' in entry
      ? [[name, entry]]
      : Object.entries(entry).map(([part, range]) => [`${name}.${part}`, range] as const),
  ),
);

/** Flattens grouped values, such as all settings or some changes, to full names. */
export function byFullName<Value>(groups: object): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(groups).flatMap(([name, value]): (readonly [string, Value])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner as Value] as const)
        : [[name, value as Value]],
    ),
  );
}

/** Whether this release knows the setting and its range includes the value. */
export function isValidSetting(fullName: string, value: unknown): value is SettingValue {
  return SETTING_RANGES.get(fullName)?.accepts(value) ?? false;
}

/** The defaults with the overrides applied. Overrides that are unknown to this release, or out of range, are ignored. */
export function withOverrides(defaults: LiveSettings, overrides: SettingOverrides): LiveSettings {
  const inForce = (fullName: string, fallback: unknown): unknown => {
    const value = Object.hasOwn(overrides, fullName) ? overrides[fullName] : undefined;
    return isValidSetting(fullName, value) ? value : fallback;
  };
  const settings = Object.entries(defaults).map(([name, value]) =>
    typeof value === 'object'
      ? [name, Object.fromEntries(Object.entries(value).map(([part, own]) => [part, inForce(`${name}.${part}`, own)]))]
      : [name, inForce(name, value)],
  );
  return Object.fromEntries(settings) as LiveSettings;
}
