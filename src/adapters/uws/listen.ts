import type { us_listen_socket } from 'uWebSockets.js';
import type { ListenHttp } from '../../ports/http.ts';
import { watchDescriptors } from '../http/accept-gate.ts';
import { DEFAULT_TIME_LIMITS, InFlight } from '../http/in-flight.ts';
import { uWS } from './binary.ts';
import { openListenSocket } from './listen-socket.ts';
import { addRoutes } from './routes.ts';

/** Serves HTTP/1.1 by uWebSockets.js. What its binary answers by itself is listed in docs/fronts.md. */
export const listenUws: ListenHttp = async (options) => {
  const { host, port, shared = false } = options;
  const { bodyWithinMs, answerWithinMs } = { ...DEFAULT_TIME_LIMITS, ...options };
  const app = uWS.App();
  const inFlight = new InFlight();
  const live = addRoutes(app, options, inFlight);
  let socket: us_listen_socket | undefined = await openListenSocket(app, { host, port, shared });
  const listeningPort = uWS.us_socket_local_port(socket);
  inFlight.start({ bodyWithinMs, answerWithinMs });

  const closeSocket = (): void => {
    if (socket !== undefined) uWS.us_listen_socket_close(socket);
    socket = undefined;
  };
  const gate = watchDescriptors({
    pause: closeSocket,
    resume: async () => {
      socket = await openListenSocket(app, { host, port: listeningPort, shared });
    },
    onAccepting: options.onAccepting,
  });
  const stopListening = (): void => {
    gate.stop();
    closeSocket();
    live?.drain();
  };
  return {
    port: listeningPort,
    inFlight: () => inFlight.size,
    idle: (graceMs) => inFlight.idle(graceMs),
    drain: () => {
      inFlight.draining = true;
    },
    stopListening,
    ...(live === undefined ? {} : { live }),
    close: () => {
      gate.stop();
      // Closing the app closes its listen socket, which must not be closed again.
      socket = undefined;
      app.close();
      inFlight.stop();
      live?.stop();
    },
  };
};
