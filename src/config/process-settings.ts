import { LIVE_SETTINGS, type LogLevel } from '../domain/live-settings.ts';
import type { TrustedProxies } from '../ports/http.ts';
import { integer, list, oneOf, optionalPort, optionalText, text } from './setting.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

export const ROLES = ['front', 'worker', 'scheduler'] as const;

export type Role = (typeof ROLES)[number];

const FRONTS = ['auto', 'uws', 'node'] as const;

/** The HTTP and WebSocket server: uWebSockets.js, or node:http and ws. */
export type FrontName = (typeof FRONTS)[number];

/** An HS256 key shorter than the hash weakens it (RFC 7518, section 3.2: 256 bits). */
export const MIN_SECRET_LENGTH = 32;

/** Roles, addresses, secrets and limits of this process. */
export const PROCESS_SETTINGS = {
  PORT: integer({
    meaning: 'Port of the HTTP front; 0: any free port.',
    default: 3000,
    min: 0,
    max: 65535,
  }),
  HOST: text({
    meaning:
      'Address that the front listens on. The default is reachable from this machine only; 0.0.0.0 from the network.',
    default: '127.0.0.1',
    accepts: 'a host name or an IP address',
    pattern: /^[A-Za-z0-9.:_-]{1,255}$/,
  }),
  FRONT: oneOf<FrontName>({
    meaning:
      'HTTP server: uws is uWebSockets.js, node is node:http, which is slower; auto is uws where its binary loads.',
    default: 'auto',
    values: FRONTS,
  }),
  ROLES: list<readonly Role[]>({
    meaning: 'Roles of this process. Fewer than all of them need all four server URLs.',
    default: ROLES,
    defaultText: 'all',
    accepts: `all, or a comma-separated list of ${ROLES.join(', ')}`,
    parse: rolesOf,
  }),
  DATA_DIR: text({
    meaning: 'Folder of the embedded database and of generated secrets.',
    default: './data',
    accepts: 'a path',
    pattern: /^[^\0]{1,4096}$/,
  }),
  JWT_SECRET: optionalText({
    meaning: 'Key that signs and checks tokens (HS256). Fronts on several machines need the same one.',
    accepts: `${MIN_SECRET_LENGTH} characters or more`,
    pattern: new RegExp(`^.{${MIN_SECRET_LENGTH},}$`, 's'),
    secret: true,
    whenUnset: 'one is made and kept in DATA_DIR',
  }),
  JWT_SECRET_PREVIOUS: optionalText({
    meaning: 'A second key whose tokens are accepted too: set it to the old key while JWT_SECRET is replaced.',
    accepts: `${MIN_SECRET_LENGTH} characters or more`,
    pattern: new RegExp(`^.{${MIN_SECRET_LENGTH},}$`, 's'),
    secret: true,
    whenUnset: 'none is',
  }),
  PAYMENT_WEBHOOK_SECRET: optionalText({
    meaning: "Key that signs and checks the payment provider's events. All fronts and the provider need the same one.",
    accepts: `${MIN_SECRET_LENGTH} characters or more`,
    pattern: new RegExp(`^.{${MIN_SECRET_LENGTH},}$`, 's'),
    secret: true,
    whenUnset: 'derived from JWT_SECRET',
  }),
  PAYMENT_WEBHOOK_URL: optionalText({
    meaning: 'Where the payment sandbox sends its events; the URL must lead to a front.',
    accepts: 'a URL that begins with http:// or https://',
    pattern: /^https?:\/\/[^\s/]\S*$/,
    whenUnset: "this process's own front",
  }),
  METRICS_PORT: optionalPort({
    meaning: 'Port that serves /metrics apart from the API, so that a firewall can keep it private.',
    whenUnset: 'with the API, for everybody',
  }),
  METRICS_TOKEN: optionalText({
    meaning: 'What a scraper has to send as a bearer token to read /metrics.',
    accepts: '16 to 256 characters without blanks',
    pattern: /^[!-~]{16,256}$/,
    secret: true,
    whenUnset: 'none is needed',
  }),
  LOG_LEVEL: oneOf<LogLevel>({
    ...LIVE_SETTINGS.logLevel,
    default: 'info',
  }),
  RATE_LIMIT_BUYER: integer({
    ...LIVE_SETTINGS.limits.buyer,
    default: 0,
  }),
  RATE_LIMIT_ADDRESS: integer({
    ...LIVE_SETTINGS.limits.address,
    default: 0,
  }),
  RATE_LIMIT_ATTEMPTS: integer({
    ...LIVE_SETTINGS.limits.attempts,
    default: 0,
  }),
  MAX_ENDED_ORDERS: integer({
    meaning:
      'Orders of one buyer in one sale that may be cancelled or expire; then they can place no more. 0: unlimited.',
    // Each leaves about a kilobyte for as long as the sale is kept; a person who changes their mind needs a few.
    default: 100,
    min: 0,
    max: 1_000_000,
  }),
  MAX_SOCKETS: integer({
    meaning: 'Live sockets of this process; an upgrade beyond is answered 503. 0: unlimited.',
    // Each may hold 20 KiB of an unfinished frame: a gigabyte. The limit of open files has to be higher.
    default: 50_000,
    min: 0,
    max: 10_000_000,
  }),
  MAX_SOCKETS_PER_ADDRESS: integer({
    meaning: 'Live sockets of one address in this process; an upgrade beyond is answered 429. 0: unlimited.',
    // Thousands of buyers share an address behind a mobile network, and all of them behind a proxy that is not trusted.
    default: 10_000,
    min: 0,
    max: 10_000_000,
  }),
  TRUSTED_PROXIES: list<TrustedProxies>({
    meaning: 'Proxies whose X-Forwarded-For is trusted; for RATE_LIMIT_ADDRESS behind a load balancer.',
    default: { hops: 0 },
    defaultText: 'none',
    accepts: 'a number of proxies, or a comma-separated list of addresses and networks such as 10.0.0.0/8',
    parse: parseTrustedProxies,
  }),
};

function rolesOf(items: readonly string[]): readonly Role[] | undefined {
  if (items.length === 0 || !items.every((item) => item === 'all' || ROLES.some((role) => role === item))) {
    return undefined;
  }
  return items.includes('all') ? ROLES : ROLES.filter((role) => items.includes(role));
}
