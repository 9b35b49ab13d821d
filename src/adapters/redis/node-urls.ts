const SCHEME = /^rediss?:\/\//;

/**
 * The URLs of the nodes that a setting names: one is a single Redis, several are nodes of a Redis Cluster, by which all its
 * others are found. Separated by commas; those behind the first may be `host:port` alone and are then reached as the
 * first one is. A comma in a password is written %2C.
 *
 * Errors: TypeError for what is no URL, or one without a host.
 */
export function nodeUrls(setting: string): readonly string[] {
  const [first = '', ...others] = setting.split(',');
  const urls = [first, ...others.map((other) => (SCHEME.test(other) ? other : atAddress(first, other)))];
  for (const url of urls) if (new URL(url).hostname === '') throw new TypeError('a Redis URL without a host');
  return urls;
}

/** The same URL at another `host:port`. The host may be an IPv6 address without brackets, as nodes tell it. */
export function atAddress(url: string, address: string): string {
  const [, host = address, port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  const moved = new URL(url);
  const { username, password } = moved;
  const login = username === '' && password === '' ? '' : `${username}:${password}@`;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${moved.protocol}//${login}${name}${port === '' ? '' : `:${port}`}`;
}

/** Without users and passwords: for the log. */
export function addressesOf(setting: string): string {
  return nodeUrls(setting)
    .map((url) => new URL(url).host)
    .join(',');
}
