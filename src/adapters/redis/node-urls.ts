const SCHEME = /^rediss?:\/\//;

/**
 * The URLs of the nodes in a setting, which are separated by commas: one is a single Redis, several are nodes of a Redis
 * Cluster, through which the others are discovered. All but the first may be just `host:port` and then have the scheme
 * and the login of the first. A comma in a password is written %2C.
 *
 * Errors: TypeError for a malformed URL, or one without a host.
 */
export function nodeUrls(setting: string): readonly string[] {
  const [first = '', ...others] = setting.split(',');
  const urls = [first, ...others.map((other) => (SCHEME.test(other) ? other : atAddress(first, other)))];
  for (const url of urls) if (new URL(url).hostname === '') throw new TypeError('a Redis URL without a host');
  return urls;
}

/** The same URL at another `host:port`. The host may be an IPv6 address without brackets, as nodes report it. */
export function atAddress(url: string, address: string): string {
  const [, host = address, port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  const moved = new URL(url);
  const { username, password } = moved;
  const login = username === '' && password === '' ? '' : `${username}:${password}@`;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `${moved.protocol}//${login}${name}${port === '' ? '' : `:${port}`}`;
}

/** For the log: without users and passwords. */
export function addressesOf(setting: string): string {
  return nodeUrls(setting)
    .map((url) => new URL(url).host)
    .join(',');
}
