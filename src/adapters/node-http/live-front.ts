import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveFront, LiveFrontOptions } from '../../ports/live-socket.ts';
import { guard } from '../http/live-guard.ts';
import { CLOSES, LONGEST_TOLD_BYTES, SLOW_WITHIN_MS } from '../http/live-limits.ts';
import { SlowConsumers } from '../http/slow-consumers.ts';
import { spread } from '../http/spread.ts';
import { LiveConnection } from './live-connection.ts';
import { SilenceWatch } from './live-silence.ts';
import { Topics } from './live-topics.ts';

export interface NodeLive extends LiveFront {
  readonly draining: () => boolean;
  /** Takes over a connection whose upgrade was judged. */
  readonly accept: (upgrade: Upgrade) => void;
  /** No more upgrades are to be let in; sockets that are open stay. */
  readonly drain: () => void;
  /** Ends what is left at once. */
  readonly stop: () => void;
}

export interface Upgrade {
  readonly req: IncomingMessage;
  readonly socket: Socket;
  /** What came behind the request. */
  readonly head: Buffer;
  readonly requestId: string;
}

export interface LiveDeps {
  readonly newId: () => string;
  readonly onError: HttpFrontOptions['onError'];
}

/** Serves WebSockets by ws. */
export function createLive(options: LiveFrontOptions, { newId, onError }: LiveDeps): NodeLive {
  const { handlers, maxFrameBytes, maxBufferedBytes, slowWithinMs = SLOW_WITHIN_MS } = options;
  const server = new WebSocketServer(serverOptions(maxFrameBytes, slowWithinMs));
  const laggards = new SlowConsumers(slowWithinMs);
  const silence = new SilenceWatch(options.idleSeconds);
  const connections = new Set<LiveConnection>();
  /** Those that were told to close and have not gone yet are here, too. */
  const sockets = new Set<WebSocket>();
  const whenGone: (() => void)[] = [];
  let draining = false;

  const around = {
    maxBufferedBytes,
    laggards,
    silence,
    topics: new Topics<LiveConnection>(),
    left: (connection: LiveConnection) => {
      connections.delete(connection);
      // Later: the API may be in the middle of the call that closed it.
      queueMicrotask(() => guard(connection, onError, () => handlers.closed(connection)));
    },
  };

  function opened(ws: WebSocket, socket: Socket): void {
    const connection = new LiveConnection(newId(), ws, socket, around);
    connections.add(connection);
    sockets.add(ws);
    ws.on('message', (data: Buffer, isBinary) => {
      guard(connection, onError, () => received(connection, data, isBinary));
    });
    // The client's fault, and told to it by ws.
    ws.on('error', () => connection.broken());
    ws.on('close', () => {
      sockets.delete(ws);
      if (sockets.size === 0) for (const tell of whenGone.splice(0)) tell();
    });
    guard(connection, onError, () => handlers.opened(connection));
  }

  function received(connection: LiveConnection, data: Buffer, isBinary: boolean): void {
    if (!connection.open) return;
    if (data.byteLength > maxFrameBytes) connection.close(CLOSES.tooLong.code, CLOSES.tooLong.reason);
    else if (isBinary) connection.close(CLOSES.binary.code, CLOSES.binary.reason);
    else handlers.received(connection, data.toString());
  }

  return {
    publish: (topic, frame) => around.topics.publish(topic, frame),
    connections: () => connections.size,
    closeAll: async (code, reason, overMs) => {
      draining = true;
      await spread([...connections], overMs, (connection) => connection.close(code, reason));
      if (sockets.size > 0) await new Promise<void>((resolve) => whenGone.push(resolve));
    },
    draining: () => draining,
    accept: ({ req, socket, head, requestId }) => {
      // There is no subprotocol, and ws would refuse who asks for one in a way that it doesn't like.
      delete req.headers['sec-websocket-protocol'];
      server.once('headers', (headers) => headers.push(`x-request-id: ${requestId}`));
      server.handleUpgrade(req, socket, head, (ws) => opened(ws, socket));
    },
    drain: () => {
      draining = true;
    },
    stop: () => {
      draining = true;
      laggards.stop();
      silence.stop();
      for (const ws of sockets) ws.terminate();
    },
  };
}

function serverOptions(maxFrameBytes: number, slowWithinMs: number): ServerOptions {
  const options = {
    noServer: true,
    clientTracking: false,
    // A published frame would be compressed anew for each of its readers.
    perMessageDeflate: false,
    maxPayload: Math.max(maxFrameBytes, LONGEST_TOLD_BYTES),
    // Unknown to its types. So long a client may take to read and answer a close frame.
    closeTimeout: slowWithinMs,
  } as const;
  return options;
}
