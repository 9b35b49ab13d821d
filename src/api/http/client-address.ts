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
/** The least that a provider assigns to one customer is a /64 (RFC 6177): four of the eight groups of IPv6. */
const CUSTOMER_GROUPS = 4;
/** Addresses whose network is remembered; far more than an installation has proxies. */
const REMEMBERED_PROXIES = 1024;
/** IPv6 addresses whose client is remembered: about a megabyte. */
const REMEMBERED_CLIENTS = 8192;
/** `::192.0.2.1` is an IPv6 address (RFC 4291, section 2.5.5.1), which ipaddr.js would read as the IPv4 address. */
const IPV4_COMPATIBLE = /^::(?=[\d.]+$)/;
/** Some proxies write IPv6 in brackets, and some append the port. */
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/;
const WITH_PORT = /^([^:]*):\d{1,5}$/;

/** Makes the function that names the client of a request. To parse IPv6 costs microseconds, so its clients are remembered. */
export function createClientKeys(trusted: TrustedProxies): (sender: Sender) => string {
  const trusts = createTrust(trusted);
  const keys = new RecentMap<string, string>(REMEMBERED_CLIENTS);
  return (sender) => {
    const client = clientOf(sender, trusts);
    if (client === undefined) return 'unknown';
    // What isIP takes for IPv4 has one spelling only.
    if (!isIpv6(client)) return client;
    const known = keys.get(client);
    if (known !== undefined) return known;
    const key = ipv6ClientKey(client);
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
    if (before === undefined) break;
    client = before;
    end = comma;
  }
  return client;
}

/** What counts as one client: a /64 network in eight groups, or the IPv4 address that is mapped. */
function ipv6ClientKey(address: string): string {
  const ip = parse(address);
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address().toString();
  const network = ip.parts.map((group, n) => (n < CUSTOMER_GROUPS ? group : 0));
  return `${new ipaddr.IPv6(network).toNormalizedString()}/${CUSTOMER_GROUPS * 16}`;
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
  const text = entry.trim();
  return validAddress((BRACKETED.exec(text) ?? WITH_PORT.exec(text))?.[1] ?? text);
}

function parse(address: string): ipaddr.IPv6 {
  if (!isIpv6(address)) return ipaddr.IPv4.parse(address).toIPv4MappedAddress();
  return ipaddr.IPv6.parse(address.replace(IPV4_COMPATIBLE, '0::'));
}

function isIpv6(validAddress: string): boolean {
  return validAddress.includes(':');
}
