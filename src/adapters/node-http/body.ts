import type { IncomingMessage } from 'node:http';
import type { NodeExchange } from './exchange.ts';

/** Collects a body and passes it on when the last byte has arrived. Node's parser ends it at its Content-Length. */
export function readBody(req: IncomingMessage, exchange: NodeExchange, complete: (body: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  exchange.expectBody();
  req.on('data', (chunk: Buffer) => {
    if (exchange.open) chunks.push(chunk);
  });
  req.on('end', () => {
    if (!exchange.open) return;
    try {
      exchange.bodyArrived();
      const [first] = chunks;
      complete(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
    } catch (error) {
      exchange.fail(error);
    }
  });
}
