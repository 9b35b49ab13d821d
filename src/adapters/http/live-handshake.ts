/** What an upgrade is answered by, checked. */
export interface Handshake {
  readonly key: string;
}

export const UPGRADE_TO_WEBSOCKET = 'Upgrade to WebSocket';
const VERSION = '13';
/** 16 bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Checks what transports don't all check: for uWebSockets a key of 24 characters is an upgrade. `header` gives one by
 * its name in lower case, empty when it wasn't sent. Returns what is wrong with it as a string. Any Origin may connect: what a socket may do is decided by tokens, which a foreign page doesn't have, never by
 * cookies, which it would send along. No subprotocol is ever chosen, for there is none.
 */
export function readHandshake(header: (name: string) => string, bodyLength: number): Handshake | string {
  if (header('upgrade').toLowerCase() !== 'websocket') return UPGRADE_TO_WEBSOCKET;
  if (!namesUpgrade(header('connection'))) return UPGRADE_TO_WEBSOCKET;
  // What follows an upgrade is taken for frames.
  if (bodyLength > 0) return 'An upgrade has no body';
  if (header('sec-websocket-version') !== VERSION) return `Sec-WebSocket-Version must be ${VERSION}`;
  const key = header('sec-websocket-key');
  return KEY.test(key) ? { key } : 'Sec-WebSocket-Key must be 16 bytes in base64';
}

function namesUpgrade(connection: string): boolean {
  return connection.split(',').some((token) => token.trim().toLowerCase() === 'upgrade');
}
