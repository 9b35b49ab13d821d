import type { ListenHttp } from '../../ports/http.ts';
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
  const socket = await openListenSocket(app, { host, port, shared });
  inFlight.start({ bodyWithinMs, answerWithinMs });

  let listening = true;
  const stopListening = (): void => {
    if (listening) uWS.us_listen_socket_close(socket);
    listening = false;
    live?.drain();
  };
  return {
    port: uWS.us_socket_local_port(socket),
    inFlight: () => inFlight.size,
    idle: (graceMs) => inFlight.idle(graceMs),
    drain: () => {
      inFlight.draining = true;
    },
    stopListening,
    ...(live === undefined ? {} : { live }),
    close: () => {
      // Closing the app closes its listen socket, which must not be closed again.
      listening = false;
      app.close();
      inFlight.stop();
      live?.stop();
    },
  };
};
