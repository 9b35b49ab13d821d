import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedMessage[];
  /** Connections that were opened so far. */
  readonly connections: () => number;
  /** Once more does nothing. */
  close(): Promise<void>;
}

/** A real HTTP server that keeps what it is sent, and answers as `answer` says; 0 cuts the connection instead. */
export async function openWebhookReceiver(answer: (nth: number) => number = () => 200): Promise<WebhookReceiver> {
  const received: ReceivedMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) });
      const status = answer(received.length);
      if (status === 0) request.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    connections: () => connections,
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
