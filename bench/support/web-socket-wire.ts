export const UPGRADE_END = Buffer.from('\r\n\r\n');

/** A handshake with a key that nobody checks. */
export function upgradeOf(path: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

const SHORTEST_OF_TWO_BYTES = 126;

/** A client's frame is masked; by a mask of zeros its text stays as it is. Texts under 64 kB. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < SHORTEST_OF_TWO_BYTES
      ? [0x80 | payload.length]
      : [0x80 | SHORTEST_OF_TWO_BYTES, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}
