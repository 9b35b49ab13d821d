import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';

/** Addresses that mean every interface, and this machine's own address of the same family. */
const OWN_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * The one address of HOST on which to listen. A name may have several: a front would listen on one of them, and what calls
 * it by name may reach another program on another one. A name that can't be resolved is returned as it is, for `listen` to
 * report.
 */
export async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    return host;
  }
}

/** The URL that reaches, from this machine, a front that listens on this address. */
export function urlOf(address: string, port: number | undefined): string {
  const own = OWN_ADDRESS[address] ?? address;
  return `http://${isIPv6(own) ? `[${own}]` : own}:${port}`;
}
