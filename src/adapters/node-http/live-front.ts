import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveFront, LiveFrontOptions } from '../../ports/live-socket.ts';
import { Heartbeat } from '../http/heartbeat.ts';
import { LiveServer, maxReadFrameBytes } from '../http/live-server.ts';
import { LiveConnection, type LiveContext } from './live-connection.ts';
import { Topics } from './topics.ts';

export interface NodeLive extends LiveFront {
  readonly draining: () => boolean;
  /** Takes over a connection whose upgrade was checked. */
  readonly accept: (upgrade: Upgrade) => void;
  /** Refuses upgrades from now on; open sockets stay. */
  readonly drain: () => void;
  /** Closes all connections at once. */
  readonly stop: () => void;
}

export interface Upgrade {
  readonly req: IncomingMessage;
  readonly socket: Socket;
  /** The bytes that arrived after the request. */
  readonly head: Buffer;
  readonly requestId: string;
}

export interface LiveDeps {
  readonly newId: () => string;
  readonly onError: HttpFrontOptions['onError'];
}

/** Serves WebSockets by ws. */
export function createLive(options: LiveFrontOptions, { newId, onError }: LiveDeps): NodeLive {
  const live = new LiveServer<LiveConnection>(options, onError);
  const server = new WebSocketServer(serverOptions(options.maxFrameBytes, live.slowWithinMs));
  /** Closed ones included, until their TCP connection has ended. */
  const sockets = new Set<WebSocket>();
  const context: LiveContext = {
    maxBufferedBytes: options.maxBufferedBytes,
    slowConsumers: live.slowConsumers,
    heartbeat: new Heartbeat(options.idleSeconds),
    topics: new Topics(),
    closed: (connection) => live.closed(connection),
  };

  function opened(ws: WebSocket, socket: Socket): void {
    const connection = new LiveConnection(newId(), ws, socket, context);
    sockets.add(ws);
    ws.on('message', (data: Buffer, isBinary) => live.received(connection, data, isBinary));
    // An invalid frame: ws closes the connection with the right code.
    ws.on('error', () => connection.failed());
    ws.on('close', () => {
      sockets.delete(ws);
      live.disconnected();
    });
    live.opened(connection);
  }

  return {
    publish: (topic, frame) => context.topics.publish(topic, frame),
    connections: () => live.size,
    closeAll: (code, reason, overMs) => live.closeAll(code, reason, overMs),
    draining: () => live.draining,
    accept: ({ req, socket, head, requestId }) => {
      // No subprotocol is negotiated; ws would answer a malformed list of them by itself.
      delete req.headers['sec-websocket-protocol'];
      server.once('headers', (headers) => headers.push(`x-request-id: ${requestId}`));
      server.handleUpgrade(req, socket, head, (ws) => opened(ws, socket));
    },
    drain: () => live.drain(),
    stop: () => {
      live.drain();
      live.stop();
      context.heartbeat.stop();
      for (const ws of sockets) ws.terminate();
    },
  };
}

function serverOptions(maxFrameBytes: number, slowWithinMs: number): ServerOptions {
  const options = {
    noServer: true,
    clientTracking: false,
    // It would compress a published frame anew for each subscriber.
    perMessageDeflate: false,
    maxPayload: maxReadFrameBytes(maxFrameBytes),
    // Missing from the type declarations: how long a client may take to answer a close frame.
    closeTimeout: slowWithinMs,
  } as const;
  return options;
}
