import type { IncomingMessage } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ListenHttp } from '../../ports/http.ts';
import { type ExchangeDeps, SWITCHING_PROTOCOLS } from '../http/exchange.ts';
import { InFlight } from '../http/in-flight.ts';
import { Intake } from '../http/intake.ts';
import { ANSWER_WITHIN_MS, BODY_WITHIN_MS } from '../http/time-limits.ts';
import { type ConnectionOf, createConnections } from './connection.ts';
import { createLive } from './live-front.ts';
import { RawExchange, refusalOf } from './raw-exchange.ts';
import { createReceiver } from './receive.ts';
import { headerOf, headersOf, targetOf } from './request.ts';
import { createStrictServer, listenOn } from './server.ts';

/** Serves HTTP/1.1 by node:http and WebSockets by ws: for machines that no binary of uWebSockets.js runs on. */
export const listenNode: ListenHttp = async (options) => {
  const { host, port, shared = false, bodyWithinMs = BODY_WITHIN_MS, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const { onError, refuse } = options;
  const inFlight = new InFlight();
  const intake = new Intake(options);
  const connectionOf = createConnections();
  const exchange = { inFlight, refuse, onError };
  const live = options.live && {
    ...createLive(options.live, { newId: () => intake.requestIdOf(''), onError }),
    path: options.live.path,
    count: intake.counterOf('GET', options.live.path),
  };
  const receive = createReceiver(intake, { exchange, connectionOf, live });

  function isUpgrade(req: IncomingMessage): boolean {
    if (live === undefined || live.draining()) return false;
    return req.method === 'GET' && targetOf(req).path === live.path && intake.isUpgrade(headersOf(req), headerOf(req));
  }

  function upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const connection = connectionOf(socket);
    if (live === undefined || connection.closing || connection.latest?.open) {
      socket.destroy();
      return;
    }
    live.count(SWITCHING_PROTOCOLS);
    live.accept({ req, socket, head, requestId: intake.requestIdOf(headerOf(req)('x-request-id')) });
  }

  const server = createStrictServer({ bodyWithinMs, answerWithinMs }, isUpgrade);
  server.on('request', (req, res) => receive(req, res, false));
  server.on('checkContinue', (req, res) => receive(req, res, true));
  // Any other expectation is none of ours.
  server.on('checkExpectation', (req, res) => receive(req, res, false));
  server.on('upgrade', upgrade);
  server.on('clientError', unreadable(intake, connectionOf, exchange));
  const listeningPort = await listenOn(server, { host, port, shared });
  server.on('error', (error) => onError(error, ''));
  inFlight.watch({ bodyWithinMs, answerWithinMs });

  return {
    port: listeningPort,
    inFlight: () => inFlight.size,
    idle: async (graceMs) => {
      await inFlight.idle(graceMs);
      // What Node writes for an answer it may write behind the call that gave it.
      await nextTurn();
    },
    stopListening: () => {
      // HTTP's own would end the connections that are idle, too; here they are served until the last.
      NetServer.prototype.close.call(server);
      live?.drain();
    },
    ...(live === undefined ? {} : { live }),
    close: () => {
      live?.stop();
      server.close();
      server.closeAllConnections();
      inFlight.stop();
    },
  };
};

/** The connection ended in the middle of a request. */
const HUNG_UP = 'HPE_INVALID_EOF_STATE';

/** Answers what Node's parser has given up on, if anybody is there who could read it. */
function unreadable(intake: Intake, connectionOf: ConnectionOf, deps: ExchangeDeps) {
  const count = intake.counterOf('other', 'none');
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const { code = '' } = error;
    const connection = connectionOf(socket);
    const isGarbage = code.startsWith('HPE_') && code !== HUNG_UP;
    // The answer that ends this connection is on its way.
    if (isGarbage && connection.closing) return;
    // Too slow, gone, or so early that the answer would stand before the one that is due.
    if (!isGarbage || !socket.writable || connection.latest?.open) {
      socket.destroy();
      return;
    }
    const exchange = new RawExchange(connection, deps, count);
    exchange.requestId = intake.requestIdOf('');
    try {
      exchange.refuseAndClose(refusalOf(code));
    } catch (thrown) {
      exchange.fail(thrown);
    }
  };
}
