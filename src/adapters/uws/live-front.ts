import uWS, {
  type HttpResponse,
  type TemplatedApp,
  type HttpRequest as UwsRequest,
  type us_socket_context_t,
  type WebSocket,
  type WebSocketBehavior,
} from 'uWebSockets.js';
import type { HttpFrontOptions } from '../../ports/http.ts';
import type { LiveFront, LiveFrontOptions } from '../../ports/live-socket.ts';
import { guard } from '../http/live-guard.ts';
import { CLOSES, LONGEST_TOLD_BYTES, SLOW_WITHIN_MS } from '../http/live-limits.ts';
import { SlowConsumers } from '../http/slow-consumers.ts';
import { spread } from '../http/spread.ts';
import { LiveConnection, type LiveUserData } from './live-connection.ts';

/** What uWebSockets' timer can do, in seconds: given anything else it ends the process. */
const IDLE_SECONDS = { min: 8, max: 960 } as const;

/** What the binary knows, and its types don't. */
interface Behavior extends WebSocketBehavior<LiveUserData> {
  readonly dropped: (ws: WebSocket<LiveUserData>) => void;
}

export interface Accepted {
  /** Of the handshake. */
  readonly key: string;
  readonly requestId: string;
}

export interface LiveDeps {
  /** Judges an upgrade, and answers it when it is refused: undefined then. Doesn't throw. */
  readonly accept: (res: HttpResponse, req: UwsRequest, draining: boolean) => Accepted | undefined;
  readonly newId: () => string;
  readonly onError: HttpFrontOptions['onError'];
}

export interface UwsLive extends LiveFront {
  /** No more upgrades; sockets that are open stay. */
  readonly drain: () => void;
  /** Ends what keeps running beside the app. */
  readonly stop: () => void;
}

/** Serves WebSockets on an app that does not listen yet. */
export function serveLive(app: TemplatedApp, options: LiveFrontOptions, deps: LiveDeps): UwsLive {
  const { handlers, maxFrameBytes, maxBufferedBytes, slowWithinMs = SLOW_WITHIN_MS } = options;
  const connections = new Set<LiveConnection>();
  const laggards = new SlowConsumers(slowWithinMs);
  const around = { maxBufferedBytes, laggards };
  let draining = false;
  const whenGone: (() => void)[] = [];

  function upgrade(res: HttpResponse, req: UwsRequest, context: us_socket_context_t): void {
    const accepted = deps.accept(res, req, draining);
    if (accepted === undefined) return;
    res.writeStatus('101 Switching Protocols').writeHeader('x-request-id', accepted.requestId);
    const live = new LiveConnection(deps.newId(), around);
    // Neither a subprotocol nor an extension: a published frame would be compressed anew for each of its readers.
    res.upgrade<LiveUserData>({ live }, accepted.key, '', '', context);
  }

  function received(connection: LiveConnection, message: ArrayBuffer, isBinary: boolean): void {
    if (!connection.open) return;
    if (message.byteLength > maxFrameBytes) connection.close(CLOSES.tooLong.code, CLOSES.tooLong.reason);
    else if (isBinary) connection.close(CLOSES.binary.code, CLOSES.binary.reason);
    else handlers.received(connection, Buffer.from(message).toString());
  }

  function closed(connection: LiveConnection): void {
    connection.closed();
    connections.delete(connection);
    // Later: the API may be in the middle of the call that closed it.
    queueMicrotask(() => guard(connection, deps.onError, () => handlers.closed(connection)));
    if (connections.size === 0) for (const tell of whenGone.splice(0)) tell();
  }

  const behavior: Behavior = {
    compression: uWS.DISABLED,
    maxPayloadLength: Math.max(maxFrameBytes, LONGEST_TOLD_BYTES),
    maxBackpressure: maxBufferedBytes,
    idleTimeout: Math.min(IDLE_SECONDS.max, Math.max(IDLE_SECONDS.min, options.idleSeconds)),
    sendPingsAutomatically: true,
    upgrade,
    open: (ws) => {
      const connection = ws.getUserData().live;
      connection.opened(ws);
      connections.add(connection);
      guard(connection, deps.onError, () => handlers.opened(connection));
    },
    message: (ws, message, isBinary) => {
      const connection = ws.getUserData().live;
      guard(connection, deps.onError, () => received(connection, message, isBinary));
    },
    dropped: (ws) => ws.getUserData().live.dropped(),
    drain: (ws) => ws.getUserData().live.drained(),
    close: (ws) => closed(ws.getUserData().live),
  };
  app.ws(options.path, behavior);

  return {
    publish: (topic, frame) => {
      app.publish(topic, frame);
    },
    connections: () => connections.size,
    closeAll: async (code, reason, overMs) => {
      draining = true;
      await spread([...connections], overMs, (connection) => connection.close(code, reason));
      if (connections.size > 0) await new Promise<void>((resolve) => whenGone.push(resolve));
    },
    drain: () => {
      draining = true;
    },
    stop: () => laggards.stop(),
  };
}
