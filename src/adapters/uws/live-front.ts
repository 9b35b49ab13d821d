import type {
  HttpResponse,
  TemplatedApp,
  HttpRequest as UwsRequest,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveFront, LiveFrontOptions } from '../../ports/live-socket.ts';
import { Heartbeat } from '../http/heartbeat.ts';
import { LiveServer, maxReadFrameBytes } from '../http/live-server.ts';
import { uWS } from './binary.ts';
import { LiveConnection, type LiveUserData } from './live-connection.ts';

/** The range of uWebSockets' idle timeout, in seconds: any other value ends the process. */
const IDLE_SECONDS = { min: 8, max: 960 } as const;

/** Missing from the type declarations of uWebSockets.js. */
interface Behavior extends WebSocketBehavior<LiveUserData> {
  readonly dropped: (ws: WebSocket<LiveUserData>) => void;
}

export interface AcceptedUpgrade {
  /** Of the handshake. */
  readonly key: string;
  readonly requestId: string;
  /** To be called when the connection has ended. */
  readonly release: (() => void) | undefined;
}

/** Checks an upgrade; undefined when it was refused and answered. Does not throw. */
export type AcceptUpgrade = (res: HttpResponse, req: UwsRequest, draining: boolean) => AcceptedUpgrade | undefined;

export interface LiveDeps {
  readonly accept: AcceptUpgrade;
  readonly newId: () => string;
  readonly onError: HttpFrontOptions['onError'];
}

export interface UwsLive extends LiveFront {
  /** Refuses upgrades from now on; open sockets stay. */
  readonly drain: () => void;
  /** Stops the timers, which closing the app does not. */
  readonly stop: () => void;
}

/** Serves WebSockets on an app that does not listen yet. */
export function serveLive(app: TemplatedApp, options: LiveFrontOptions, deps: LiveDeps): UwsLive {
  const { maxFrameBytes, maxBufferedBytes } = options;
  const live = new LiveServer<LiveConnection>(options, deps.onError);
  // Its own pings do not tell a client that answers from one that drips a frame: any byte counts as a sign of life.
  const heartbeat = new Heartbeat(Math.min(IDLE_SECONDS.max, options.idleSeconds));
  const context = { maxBufferedBytes, slowConsumers: live.slowConsumers, heartbeat };

  function upgrade(res: HttpResponse, req: UwsRequest, socketContext: us_socket_context_t): void {
    const accepted = deps.accept(res, req, live.draining);
    if (accepted === undefined) return;
    res.writeStatus('101 Switching Protocols').writeHeader('x-request-id', accepted.requestId);
    const connection = new LiveConnection(deps.newId(), context, accepted.release);
    // No subprotocol, and no compression: it would compress a published frame anew for each subscriber.
    res.upgrade<LiveUserData>({ live: connection }, accepted.key, '', '', socketContext);
  }

  const behavior: Behavior = {
    compression: uWS.DISABLED,
    maxPayloadLength: maxReadFrameBytes(maxFrameBytes),
    maxBackpressure: maxBufferedBytes,
    // The heartbeat closes what is idle, on time; this one is up to four seconds early.
    idleTimeout: Math.min(IDLE_SECONDS.max, Math.max(IDLE_SECONDS.min, 2 * options.idleSeconds)),
    sendPingsAutomatically: false,
    upgrade,
    open: (ws) => {
      const connection = ws.getUserData().live;
      connection.opened(ws);
      live.opened(connection);
    },
    message: (ws, message, isBinary) => {
      const connection = ws.getUserData().live;
      connection.alive();
      live.received(connection, Buffer.from(message), isBinary);
    },
    ping: (ws) => ws.getUserData().live.alive(),
    pong: (ws) => ws.getUserData().live.alive(),
    dropped: (ws) => ws.getUserData().live.dropped(),
    drain: (ws) => ws.getUserData().live.drained(),
    close: (ws) => {
      const connection = ws.getUserData().live;
      connection.closed();
      live.closed(connection);
      live.disconnected();
    },
  };
  app.ws(options.path, behavior);

  return {
    publish: (topic, frame) => {
      app.publish(topic, frame);
    },
    connections: () => live.size,
    closeAll: (code, reason, overMs) => live.closeAll(code, reason, overMs),
    drain: () => live.drain(),
    stop: () => {
      live.stop();
      heartbeat.stop();
    },
  };
}
