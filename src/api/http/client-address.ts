import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HttpRequest, TrustedProxies } from '../../ports/http.ts';
import { RecentMap } from './recent-map.ts';

/** Whether the proxy with this valid address, `hop` proxies away from this server, is trusted. */
export type TrustsProxy = (proxy: string, hop: number) => boolean;

/** Where the connection comes from, and what its request's headers say. */
export type Sender = Pick<HttpRequest, 'address' | 'forwardedFor'>;

/** Bits of an IPv6 address before an IPv4 address that is mapped into it (RFC 4291, section 2.5.5.2). */
const MAPPED_PREFIX_BITS = 96;
/**
 * The least that a provider assigns to one customer is a /64. Many assign a /56 or a /48 (RFC 6177), which are 256 and 65,536 of
 * them; elsewhere a /48 is a town of customers.
 */
const NETWORK_BITS = [64, 56, 48] as const;
const GROUP_BITS = 16;
/** Addresses whose network is remembered; far more than an installation has proxies. */
const REMEMBERED_PROXIES = 1024;
/** IPv6 addresses whose client is remembered: about two megabytes. */
const REMEMBERED_CLIENTS = 8192;
/** `::192.0.2.1` is an IPv6 address (RFC 4291, section 2.5.5.1), which ipaddr.js would read as the IPv4 address. */
const IPV4_COMPATIBLE = /^::(?=[\d.]+$)/;
/** Some proxies write IPv6 in brackets, and some append the port. */
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/;
/** The prefix of an IPv4 address that is mapped into IPv6. */
const MAPPED = /^::ffff:/i;
/** Zeros before a part with an 8 or a 9, which can't be octal. */
const PADDED_DECIMAL = /(?<![\da-fx])0+(?=\d*[89])/gi;
const WITH_PORT = /^([^:]*):\d{1,5}$/;

/** An IPv6 client's network, and the two around it. */
export type Ipv6Keys = readonly [network64: string, network56: string, network48: string];

/** What a client is counted by: an IPv4 address, or `unknown`; or the networks of an IPv6 address. */
export type ClientKeys = string | Ipv6Keys;

/** Makes the function that names the client of a request. To parse IPv6 costs microseconds, so its clients are remembered. */
export function createClientKeys(trusted: TrustedProxies): (sender: Sender) => ClientKeys {
  const trusts = createTrust(trusted);
  const keys = new RecentMap<string, ClientKeys>(REMEMBERED_CLIENTS);
  return (sender) => {
    const client = clientOf(sender, trusts);
    if (client === undefined) return 'unknown';
    // What isIP takes for IPv4 has one spelling only.
    if (!isIpv6(client)) return client;
    const known = keys.get(client);
    if (known !== undefined) return known;
    const key = keysOf(client);
    keys.set(client, key);
    return key;
  };
}

/**
 * Makes the test whether a proxy is trusted. Networks are matched in 128 bits, so that an IPv4 address is the same proxy in
 * either spelling. Answers are remembered for the same reason as clients are.
 */
export function createTrust(trusted: TrustedProxies): TrustsProxy {
  if ('hops' in trusted) return (_proxy, hop) => hop < trusted.hops;
  const networks = trusted.networks.map(({ address, prefixLength }): [ipaddr.IPv6, number] => [
    parse(address),
    isIpv6(address) ? prefixLength : MAPPED_PREFIX_BITS + prefixLength,
  ]);
  const answers = new RecentMap<string, boolean>(REMEMBERED_PROXIES);
  return (proxy) => {
    const known = answers.get(proxy);
    if (known !== undefined) return known;
    const ip = parse(proxy);
    const answer = networks.some((network) => ip.match(network));
    answers.set(proxy, answer);
    return answer;
  };
}

/**
 * The client that a request comes from: the nearest address that is not a trusted proxy's. Each proxy appends the address
 * it sees to X-Forwarded-For, so every entry before the first untrusted one may be forged. A chain that is too short, or
 * that has an entry which is not an address, yields the last address before. Undefined when the connection has none.
 *
 * proxy-addr is not used here because it returns an entry that is not an address as the client.
 */
export function clientOf({ address, forwardedFor }: Sender, trusts: TrustsProxy): string | undefined {
  let client = validAddress(address);
  let end = forwardedFor.length;
  for (let hop = 0; client !== undefined && end > 0 && trusts(client, hop); hop += 1) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const before = addressIn(forwardedFor.slice(comma + 1, end));
    // Never a trusted proxy's: what one program reads as octal, another reads as decimal.
    if (before === undefined) return unusualIpv4In(forwardedFor.slice(comma + 1, end)) ?? client;
    client = before;
    end = comma;
  }
  return client;
}

/** The networks in eight groups, or the IPv4 address that is mapped. */
function keysOf(address: string): ClientKeys {
  const ip = parse(address);
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address().toString();
  const [network64, network56, network48] = NETWORK_BITS.map((bits) => networkOf(ip, bits));
  return [network64 as string, network56 as string, network48 as string];
}

function networkOf({ parts }: ipaddr.IPv6, bits: number): string {
  const network = parts.map((group, n) => {
    const host = Math.min(GROUP_BITS, Math.max(0, GROUP_BITS * (n + 1) - bits));
    return (group >> host) << host;
  });
  return `${new ipaddr.IPv6(network).toNormalizedString()}/${bits}`;
}

/** An address as a socket writes it, without its zone (`%eth0`); undefined for anything else. */
function validAddress(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  // Not ipaddr.js: it takes octal and shortened IPv4 addresses for valid (RFC 6943, section 3.1.1).
  return isIP(address) === 0 ? undefined : address;
}

/** The address in an entry of X-Forwarded-For. */
function addressIn(entry: string): string | undefined {
  return validAddress(withoutPort(entry.trim()));
}

function withoutPort(text: string): string {
  return (BRACKETED.exec(text) ?? WITH_PORT.exec(text))?.[1] ?? text;
}

/**
 * The IPv4 address of an entry that spells it with octal, hexadecimal, padded or missing parts, as inet_aton reads it: a client
 * that is counted by its address must not get another count with each spelling of it.
 */
function unusualIpv4In(entry: string): string | undefined {
  const text = withoutPort(entry.trim()).replace(MAPPED, '').replace(PADDED_DECIMAL, '');
  return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text).toString() : undefined;
}

function parse(address: string): ipaddr.IPv6 {
  if (!isIpv6(address)) return ipaddr.IPv4.parse(address).toIPv4MappedAddress();
  return ipaddr.IPv6.parse(address.replace(IPV4_COMPATIBLE, '0::'));
}

function isIpv6(validAddress: string): boolean {
  return validAddress.includes(':');
}
