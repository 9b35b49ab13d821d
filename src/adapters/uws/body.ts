import type { HttpResponse } from 'uWebSockets.js';
import type { Exchange } from '../http/exchange.ts';

/**
 * Collects a body of exactly `length` bytes and passes it on when the last byte has arrived. Chunks are copied, because
 * their memory is reused after the call. uWebSockets may deliver more than was announced, or end early: both are refused.
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
      // Thrown on into uWebSockets, it would leave the request without an answer.
      exchange.fail(error);
    }
  });
}
