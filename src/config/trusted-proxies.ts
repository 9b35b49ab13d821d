import { isIP } from 'node:net';
import type { IpNetwork, TrustedProxies } from '../ports/http.ts';

/** A request passes fewer proxies than this; more is a typing error. */
const MAX_HOPS = 16;
const HOPS = /^\d{1,2}$/;
const NETWORK = /^([^/]+)(?:\/(\d{1,3}))?$/;
const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Reads a number of proxies, or networks such as `10.0.0.0/8` and `::1`; undefined for anything else. */
export function parseTrustedProxies(items: readonly string[]): TrustedProxies | undefined {
  const [first = ''] = items;
  if (items.length === 1 && HOPS.test(first)) {
    const hops = Number(first);
    return hops <= MAX_HOPS ? { hops } : undefined;
  }
  const networks = items.map(parseNetwork).filter((network) => network !== undefined);
  return networks.length > 0 && networks.length === items.length ? { networks } : undefined;
}

function parseNetwork(text: string): IpNetwork | undefined {
  const [, address = '', length] = NETWORK.exec(text) ?? [];
  const bits = ADDRESS_BITS[isIP(address)];
  if (bits === undefined) return undefined;
  const prefixLength = length === undefined ? bits : Number(length);
  return prefixLength <= bits ? { address, prefixLength } : undefined;
}
