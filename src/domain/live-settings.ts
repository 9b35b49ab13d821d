import { choice, number, type SettingRange, type SettingValue, type ValuesIn, whole } from './setting-range.ts';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** More than a front can serve. */
const MAX_PER_SECOND = 1_000_000;

/**
 * The settings that may change while a process runs, and their ranges. The environment variables of the same meaning, the
 * API's schema and docs/operations.md take their ranges from here.
 */
export const LIVE_SETTINGS = {
  logLevel: choice({ meaning: 'The lowest level that is logged.', values: LOG_LEVELS }),
  purchase: {
    batchSize: whole({
      meaning:
        'Purchases of one sale per call of the ticket queue; beyond 64 Redis gains nothing and the first one waits.',
      min: 1,
      // The limit of TicketQueue.reserve.
      max: 256,
    }),
    concurrency: whole({
      meaning:
        'Batches in flight through queue and log at once, small ones of many sales counted as one; meanwhile the next one fills.',
      min: 1,
      max: 256,
    }),
    capacity: whole({
      meaning:
        'Purchases that may wait; more get 503 at once. A fifth of a second of work, so that none waits in vain.',
      min: 1,
      max: 1_000_000,
    }),
    deadlineMs: whole({
      meaning: 'Milliseconds after which a purchase is answered 503; recovery waits as long. Few buyers wait longer.',
      min: 100,
      max: 60_000,
    }),
    soldOutMs: whole({
      meaning:
        'Milliseconds for which a sale is remembered as having too few tickets left; a returned ticket is sold this much later.',
      min: 0,
      max: 10_000,
    }),
  },
  breakers: {
    failureShare: number({
      meaning: "Share of a dependency's calls that must fail for its breaker to open.",
      min: 0.01,
      max: 0.99,
    }),
    windowMs: whole({
      meaning: 'Milliseconds over which a breaker measures failures; a shorter outage does not open it.',
      min: 1000,
      max: 600_000,
    }),
    halfOpenAfterMs: whole({
      meaning: 'Milliseconds before an open breaker lets one call through; short, so that sales resume soon.',
      min: 50,
      max: 60_000,
    }),
  },
  limits: {
    buyer: whole({
      meaning:
        'Purchases and requests about orders of one buyer a second, over all fronts; more get 429. 0: unlimited.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    address: whole({
      meaning: 'The same of one address. 0: unlimited, since in some networks thousands of buyers share one.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    attempts: whole({
      meaning:
        'Purchase attempts of one buyer in one sale within a minute, over all fronts; more get 429. 0: unlimited.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
  },
  payment: {
    graceSeconds: whole({
      meaning:
        'Seconds for which an order is kept after its deadline if its payment has begun and the provider has not decided.',
      min: 0,
      max: 86_400,
    }),
  },
  settlement: {
    batchSize: whole({
      meaning: 'Orders that a worker stores in one transaction; larger batches gain little and hold locks longer.',
      min: 1,
      max: 10_000,
    }),
    batchMs: whole({
      meaning: 'Milliseconds that a settlement batch waits to be filled; orders are stored this much later.',
      min: 0,
      max: 10_000,
    }),
  },
} as const;

/** A value for each live setting. */
export type LiveSettings = ValuesIn<typeof LIVE_SETTINGS>;

/** Values by full name (`purchase.capacity`) of the settings that differ from their defaults. */
export type SettingOverrides = Readonly<Record<string, SettingValue>>;

/** The range of each setting, by full name. */
export const SETTING_RANGES: ReadonlyMap<string, SettingRange> = new Map(
  Object.entries(LIVE_SETTINGS).flatMap(([name, entry]): (readonly [string, SettingRange])[] =>
    'kind' in entry
      ? [[name, entry]]
      : Object.entries(entry).map(([part, range]) => [`${name}.${part}`, range] as const),
  ),
);

/** Flattens groups of values, such as all settings or a change, to values by full name. */
export function byFullName<Value>(groups: object): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(groups).flatMap(([name, value]): (readonly [string, Value])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner as Value] as const)
        : [[name, value as Value]],
    ),
  );
}

/** Whether this release has the setting, and the value is in its range. */
export function isValidSetting(fullName: string, value: unknown): value is SettingValue {
  return SETTING_RANGES.get(fullName)?.accepts(value) ?? false;
}

/** The defaults with the overrides applied, except those that this release does not have or that are out of range. */
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
