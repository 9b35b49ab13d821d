/** What is needed to answer an upgrade, once it was checked. */
export interface Handshake {
  readonly key: string;
}

export const UPGRADE_TO_WEBSOCKET = 'Upgrade to WebSocket';
const VERSION = '13';
/** 16 bytes in base64 (RFC 6455, section 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Checks an upgrade more strictly than the transports do: uWebSockets takes any key of 24 characters. Returns the handshake,
 * or as a string what is wrong with it.
 *
 * Any Origin may connect: a socket is authorised by a token, which a foreign page does not have, never by cookies, which a
 * browser would send along. No subprotocol is negotiated.
 *
 * @param header gives a header by its name in lower case; empty when it was not sent
 */
export function readHandshake(header: (name: string) => string, bodyLength: number): Handshake | string {
  if (header('upgrade').toLowerCase() !== 'websocket') return UPGRADE_TO_WEBSOCKET;
  if (!namesUpgrade(header('connection'))) return UPGRADE_TO_WEBSOCKET;
  // Bytes after an upgrade are read as frames.
  if (bodyLength > 0) return 'An upgrade has no body';
  if (header('sec-websocket-version') !== VERSION) return `Sec-WebSocket-Version must be ${VERSION}`;
  const key = header('sec-websocket-key');
  return KEY.test(key) ? { key } : 'Sec-WebSocket-Key must be 16 bytes in base64';
}

function namesUpgrade(connection: string): boolean {
  return connection.split(',').some((token) => token.trim().toLowerCase() === 'upgrade');
}
