import { IP_BITS, IPV4_PREFIX_BITS, type IpAddress, ipText, isIpv4, parseIp } from './ip-address.ts';

/** Whose word on the address before them counts: so many proxies, or those of these networks. */
export type TrustedProxies =
  | { readonly hops: number }
  | { readonly networks: readonly { readonly ip: IpAddress; readonly bits: number }[] };

export const NO_PROXIES: TrustedProxies = { hops: 0 };

export interface Sender {
  /** Of the connection, as the front sees it. */
  readonly address: string;
  /** The X-Forwarded-For headers, joined by commas; empty without one. */
  readonly forwardedFor: string;
}

/** A chain of more proxies than this is none. */
const MAX_HOPS = 16;
/** What one customer of a provider has of IPv6 at the least (RFC 6177): all of it is one client. */
const CLIENT_BITS = 64n;

const HOPS = /^\d{1,2}$/;
const NETWORK = /^([^/]+)(?:\/(\d{1,3}))?$/;
/** Some proxies put IPv6 in brackets, and some a port behind the address. */
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/;
const WITH_PORT = /^([^:]*):\d{1,5}$/;

/** Reads a number of proxies, or networks such as `10.0.0.0/8` and `::1`; undefined for anything else. */
export function parseTrustedProxies(items: readonly string[]): TrustedProxies | undefined {
  const [first = ''] = items;
  if (items.length === 1 && HOPS.test(first)) {
    const hops = Number(first);
    return hops <= MAX_HOPS ? { hops } : undefined;
  }
  const networks = items.map(networkOf).filter((network) => network !== undefined);
  return networks.length > 0 && networks.length === items.length ? { networks } : undefined;
}

/**
 * The client that a request comes from: the nearest address that no trusted proxy has. Each proxy adds the address that it
 * sees at the end of X-Forwarded-For; what stands before the first one that is not trusted may be invented. A chain that
 * is shorter than it should be, or that a trusted proxy has put garbage into, ends with the last address that is known.
 * Undefined when not even the connection has one.
 */
export function clientOf({ address, forwardedFor }: Sender, trusted: TrustedProxies): IpAddress | undefined {
  let client = parseIp(address);
  let end = forwardedFor.length;
  for (let hop = 0; client !== undefined && end > 0 && isTrusted(client, hop, trusted); hop += 1) {
    const comma = forwardedFor.lastIndexOf(',', end - 1);
    const before = parseEntry(forwardedFor.slice(comma + 1, end));
    if (before === undefined) break;
    client = before;
    end = comma;
  }
  return client;
}

/** What counts as one client: an IPv4 address, or a /64 network of IPv6. */
export function clientText(client: IpAddress | undefined): string {
  if (client === undefined) return 'unknown';
  return isIpv4(client) ? ipText(client) : `${ipText((client >> CLIENT_BITS) << CLIENT_BITS)}/${CLIENT_BITS}`;
}

function isTrusted(ip: IpAddress, hop: number, trusted: TrustedProxies): boolean {
  if ('hops' in trusted) return hop < trusted.hops;
  return trusted.networks.some((network) => (ip ^ network.ip) >> BigInt(IP_BITS - network.bits) === 0n);
}

function networkOf(text: string): { readonly ip: IpAddress; readonly bits: number } | undefined {
  const [, address = '', length] = NETWORK.exec(text) ?? [];
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  // Of an IPv4 network the length is told without what maps it.
  const before = address.includes(':') ? 0 : IPV4_PREFIX_BITS;
  const bits = length === undefined ? IP_BITS : before + Number(length);
  return bits <= IP_BITS ? { ip, bits } : undefined;
}

/** An entry of X-Forwarded-For. */
function parseEntry(entry: string): IpAddress | undefined {
  const text = entry.trim();
  return parseIp((BRACKETED.exec(text) ?? WITH_PORT.exec(text))?.[1] ?? text);
}
