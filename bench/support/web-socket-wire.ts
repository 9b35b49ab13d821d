/** Sockets to open at a time: fewer than a listen backlog holds. */
export const OPENED_AT_ONCE = 100;

export const UPGRADE_END = Buffer.from('\r\n\r\n');

/** A handshake with a constant key: these clients don't verify the server's answer to it. */
export function upgradeOf(path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/** From this length on it takes two more bytes, announced by this very number (RFC 6455, section 5.2). */
const TWO_BYTE_LENGTH = 126;

/** A client's frames must be masked; a mask of zeros leaves the text unchanged. For texts under 64 kB. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < TWO_BYTE_LENGTH
      ? [0x80 | payload.length]
      : [0x80 | TWO_BYTE_LENGTH, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}
