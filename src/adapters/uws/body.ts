import type { HttpResponse } from 'uWebSockets.js';
import type { Exchange } from '../http/exchange.ts';

/**
 * Collects a body of exactly `length` bytes and hands it over when the last has come. Chunks are copied, for they are
 * taken away when the call returns. uWebSockets may deliver more than was announced, or end early: both are refused.
 */
export function readBody(
  res: HttpResponse,
  length: number,
  exchange: Exchange,
  complete: (body: Uint8Array) => void,
): void {
  const body = Buffer.allocUnsafe(length);
  let filled = 0;

  exchange.expectBody();
  res.onData((chunk, isLast) => {
    if (!exchange.open) return;
    try {
      const end = filled + chunk.byteLength;
      if (end > length || (isLast && end < length)) {
        return exchange.refuseAndClose({ code: 'malformed', detail: 'The body is not as long as its Content-Length.' });
      }
      body.set(new Uint8Array(chunk), filled);
      filled = end;
      if (!isLast) return;
      exchange.bodyArrived();
      complete(body);
    } catch (error) {
      // Thrown here, it would leave the client waiting for ever.
      exchange.fail(error);
    }
  });
}
