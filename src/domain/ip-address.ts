/** An IP address as 128 bits; IPv4 is where RFC 4291, section 2.5.5.2 maps it, so that both spellings are one address. */
export type IpAddress = bigint;

export const IP_BITS = 128;
/** Where IPv4 begins: `::ffff:0:0/96`. */
export const IPV4_PREFIX_BITS = 96;

const IPV4_PREFIX = 0xffffn << 32n;
const GROUPS = 8;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** Reads an address as a socket or a header writes it; undefined for anything else. A zone (`%eth0`) is left out. */
export function parseIp(text: string): IpAddress | undefined {
  const [address = ''] = text.split('%', 1);
  const ipv4 = parseIpv4(address);
  return ipv4 === undefined ? parseIpv6(address) : IPV4_PREFIX | BigInt(ipv4);
}

export function isIpv4(ip: IpAddress): boolean {
  return ip >> 32n === 0xffffn;
}

/** `192.0.2.1`, or eight groups without abbreviation: `2001:db8:0:0:0:0:0:1`. */
export function ipText(ip: IpAddress): string {
  if (isIpv4(ip)) return [24n, 16n, 8n, 0n].map((shift) => (ip >> shift) & 0xffn).join('.');
  return Array.from({ length: GROUPS }, (_, n) => ((ip >> BigInt(16 * (GROUPS - 1 - n))) & 0xffffn).toString(16)).join(
    ':',
  );
}

function parseIpv4(text: string): number | undefined {
  const match = IPV4.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    // RFC 6943, section 3.1.1: whether 010 is eight or ten depends on who reads it.
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function parseIpv6(text: string): IpAddress | undefined {
  const [left = '', right, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const head = groupsOf(left);
  const tail = right === undefined ? [] : groupsOf(right);
  if (head === undefined || tail === undefined) return undefined;
  const missing = GROUPS - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((ip, group) => (ip << 16n) | BigInt(group), 0n);
}

/** Groups between colons, the last two perhaps as IPv4. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [n, part] of parts.entries()) {
    const ipv4 = n === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(Math.floor(ipv4 / 0x10000), ipv4 % 0x10000);
    else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
