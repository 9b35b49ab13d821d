import { choice, number, type SettingRange, type SettingValue, type ValuesIn, whole } from './setting-range.ts';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** More than a front can take. */
const MAX_PER_SECOND = 1_000_000;

/**
 * The settings that may change while a process runs, and what each may be. The environment's settings of the same
 * meaning take their ranges from here, and so do the contract and the operator's guide. One more setting is a row here,
 * its default in the configuration, and the part that heeds it.
 */
export const LIVE_SETTINGS = {
  logLevel: choice({ meaning: 'The least severe log lines that are written.', values: LOG_LEVELS }),
  purchase: {
    batchSize: whole({
      meaning:
        'Purchases of one sale in one call of the ticket queue; beyond 64 Redis gains nothing and the first one waits.',
      min: 1,
      // What TicketQueue.reserve takes.
      max: 256,
    }),
    concurrency: whole({
      meaning: 'Batches on their way through queue and log at once; the next one fills while these are in flight.',
      min: 1,
      max: 256,
    }),
    capacity: whole({
      meaning:
        'Purchases that may wait; the rest get 503 at once. A fifth of a second of work, so that none waits in vain.',
      min: 1,
      max: 1_000_000,
    }),
    deadlineMs: whole({
      meaning:
        'Milliseconds after which a purchase is answered 503; recovery waits as long. Nobody waits longer for a click.',
      min: 100,
      max: 60_000,
    }),
    soldOutMs: whole({
      meaning:
        'Milliseconds for which a sale without a ticket counts as sold out unasked; one that comes back waits so.',
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
      meaning: 'Milliseconds over which a breaker looks at failures; a short trouble is over before it counts.',
      min: 1000,
      max: 600_000,
    }),
    halfOpenAfterMs: whole({
      meaning: 'Milliseconds before an open breaker lets one call try; short, since what is back can sell at once.',
      min: 50,
      max: 60_000,
    }),
  },
  limits: {
    buyer: whole({
      meaning:
        'Purchases, and requests about orders, of one buyer a second, over all fronts; what is more gets 429. 0: any.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    address: whole({
      meaning: 'The same of one address. 0: any, since thousands of buyers share one behind some networks.',
      min: 0,
      max: MAX_PER_SECOND,
    }),
    attempts: whole({
      meaning:
        'Attempts of one buyer to buy in one sale within a minute, over all fronts; what is more gets 429. 0: any.',
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
      meaning: 'Milliseconds that a settlement batch waits to be filled; a stored order is as much later.',
      min: 0,
      max: 10_000,
    }),
  },
} as const;

/** What each of them is. */
export type LiveSettings = ValuesIn<typeof LIVE_SETTINGS>;

/** Values by full name (`purchase.capacity`), of those settings that don't have their defaults. */
export type SettingOverrides = Readonly<Record<string, SettingValue>>;

/** Each setting's range by its full name. */
export const SETTING_RANGES: ReadonlyMap<string, SettingRange> = new Map(
  Object.entries(LIVE_SETTINGS).flatMap(([name, entry]): (readonly [string, SettingRange])[] =>
    'kind' in entry
      ? [[name, entry]]
      : Object.entries(entry).map(([part, range]) => [`${name}.${part}`, range] as const),
  ),
);

/** Values in groups, such as all settings or some changes, by full name. */
export function byFullName<Value>(groups: object): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(groups).flatMap(([name, value]): (readonly [string, Value])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner as Value] as const)
        : [[name, value as Value]],
    ),
  );
}

/** Whether this release knows the setting, and it may be so. */
export function mayBe(fullName: string, value: unknown): value is SettingValue {
  return SETTING_RANGES.get(fullName)?.accepts(value) ?? false;
}

/** `defaults` but for what the overrides say. Those that this release does not know, or that may not be so, are ignored. */
export function withOverrides(defaults: LiveSettings, overrides: SettingOverrides): LiveSettings {
  const inForce = (fullName: string, fallback: unknown): unknown => {
    const value = Object.hasOwn(overrides, fullName) ? overrides[fullName] : undefined;
    return mayBe(fullName, value) ? value : fallback;
  };
  const settings = Object.entries(defaults).map(([name, value]) =>
    typeof value === 'object'
      ? [name, Object.fromEntries(Object.entries(value).map(([part, own]) => [part, inForce(`${name}.${part}`, own)]))]
      : [name, inForce(name, value)],
  );
  return Object.fromEntries(settings) as LiveSettings;
}
