import type { IncomingMessage } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { HttpFrontOptions, ListenHttp } from '../../ports/http.ts';
import { watchDescriptors } from '../http/accept-gate.ts';
import { SWITCHING_PROTOCOLS } from '../http/exchange.ts';
import { DEFAULT_TIME_LIMITS, InFlight } from '../http/in-flight.ts';
import { RequestPipeline } from '../http/request-pipeline.ts';
import { type ConnectionOf, createConnections } from './connection.ts';
import { createLive, type NodeLive } from './live-front.ts';
import { createGarbageHandler } from './raw-exchange.ts';
import { createReceiver } from './receive.ts';
import { headerOf, headersOf, targetOf } from './request.ts';
import { createStrictServer, DEFAULT_KEEP_ALIVE_MS, listenOn } from './server.ts';

/** Serves HTTP/1.1 by node:http and WebSockets by ws, on machines that uWebSockets.js has no binary for. */
export const listenNode: ListenHttp = async (options) => {
  const { host, port, shared = false, onError, refuse } = options;
  const { bodyWithinMs, answerWithinMs } = { ...DEFAULT_TIME_LIMITS, ...options };
  const { keepAliveMs = DEFAULT_KEEP_ALIVE_MS } = options;
  const inFlight = new InFlight();
  const pipeline = new RequestPipeline(options);
  const connectionOf = createConnections();
  const exchange = { inFlight, refuse, onError };
  const live = createRoutedLive(options, pipeline);
  const receive = createReceiver(pipeline, { exchange, connectionOf, live });

  function isUpgrade(req: IncomingMessage): boolean {
    if (live === undefined || live.draining() || req.method !== 'GET' || targetOf(req).path !== live.path) return false;
    return pipeline.isUpgrade(headersOf(req), headerOf(req), req.socket.remoteAddress ?? '');
  }

  const server = createStrictServer({ bodyWithinMs, answerWithinMs, keepAliveMs }, isUpgrade);
  server.on('request', (req, res) => receive(req, res, false));
  server.on('checkContinue', (req, res) => receive(req, res, true));
  // Any other expectation is ignored.
  server.on('checkExpectation', (req, res) => receive(req, res, false));
  server.on('upgrade', createUpgradeHandler(live, pipeline, connectionOf));
  server.on('clientError', createGarbageHandler(pipeline, connectionOf, exchange));
  const listeningPort = await listenOn(server, { host, port, shared });
  server.on('error', (error) => onError(error, ''));
  inFlight.start({ bodyWithinMs, answerWithinMs });

  // http.Server's own close would end idle connections, which are still served here.
  const closeSocket = (): void => {
    if (server.listening) NetServer.prototype.close.call(server);
  };
  const gate = watchDescriptors({
    pause: closeSocket,
    resume: async () => void (await listenOn(server, { host, port: listeningPort, shared })),
    onAccepting: options.onAccepting,
  });

  return {
    port: listeningPort,
    inFlight: () => inFlight.size,
    idle: (graceMs) => inFlight.idle(graceMs),
    drain: () => {
      inFlight.draining = true;
    },
    stopListening: () => {
      gate.stop();
      closeSocket();
      live?.drain();
    },
    ...(live === undefined ? {} : { live }),
    close: () => {
      gate.stop();
      live?.stop();
      server.close();
      server.closeAllConnections();
      inFlight.stop();
    },
  };
};

interface RoutedLive extends NodeLive {
  readonly path: string;
  /** Counts the answers to upgrades. */
  readonly count: (status: number) => void;
}

function createRoutedLive({ live, onError }: HttpFrontOptions, pipeline: RequestPipeline): RoutedLive | undefined {
  return (
    live && {
      ...createLive(live, { newId: () => pipeline.requestIdOf(''), onError }),
      path: live.path,
      count: pipeline.counterOf('GET', live.path),
    }
  );
}

function createUpgradeHandler(live: RoutedLive | undefined, pipeline: RequestPipeline, connectionOf: ConnectionOf) {
  return (req: IncomingMessage, socket: Socket, head: Buffer): void => {
    const connection = connectionOf(socket);
    if (live === undefined || connection.closing || connection.latest?.answering) {
      socket.destroy();
      return;
    }
    live.count(SWITCHING_PROTOCOLS);
    const release = socket.destroyed ? undefined : pipeline.admit(headersOf(req), socket.remoteAddress ?? '');
    if (release !== undefined) socket.once('close', release);
    live.accept({ req, socket, head, requestId: pipeline.requestIdOf(headerOf(req)('x-request-id')) });
  };
}
