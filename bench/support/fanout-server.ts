import uWS, { type WebSocket } from 'uWebSockets.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listenUws } from '../../src/adapters/uws/listen.ts';
import { refuse } from '../../src/api/http/refuse.ts';

/**
 * A WebSocket server, `bare` or with Floodgate's adapter (`front`). On "go <frames> <bytes>" it publishes that many frames
 * to all sockets and replies to the sender with how long it took.
 */
const PATH = '/live';
const TOPIC = 'sale';
const LIMITS = { maxFrameBytes: 16 * 1024, maxBufferedBytes: 64 * 1024, idleSeconds: 120 };

type Publish = (frame: string) => void;

async function publishAll(command: string, publish: Publish): Promise<string> {
  const [, frames = 0, bytes = 0] = command.split(' ').map(Number);
  const frame = 'x'.repeat(bytes);
  const start = performance.now();
  for (let n = 0; n < frames; n += 1) {
    publish(frame);
    // uWebSockets.js writes to the sockets between two turns of the event loop.
    await nextTurn();
  }
  await nextTurn();
  return JSON.stringify({ ms: performance.now() - start });
}

async function listenFront(): Promise<number> {
  const front = await listenUws({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 0,
    routes: [],
    refuse,
    onError: (error) => {
      throw error;
    },
    live: {
      path: PATH,
      ...LIMITS,
      handlers: {
        opened: (socket) => socket.join(TOPIC),
        received: (socket, command) => {
          void publishAll(command, (frame) => front.live?.publish(TOPIC, frame)).then((result) => socket.send(result));
        },
        closed: () => {},
      },
    },
  });
  return front.port;
}

function listenBare(): Promise<number> {
  const app = uWS.App();
  app.ws(PATH, {
    maxPayloadLength: LIMITS.maxFrameBytes,
    maxBackpressure: LIMITS.maxBufferedBytes,
    idleTimeout: LIMITS.idleSeconds,
    open: (ws) => {
      ws.subscribe(TOPIC);
    },
    message: (ws: WebSocket<unknown>, message) => {
      void publishAll(Buffer.from(message).toString(), (frame) => app.publish(TOPIC, frame)).then((result) =>
        ws.send(result),
      );
    },
  });
  return new Promise((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) => {
      if (socket === false) reject(new Error('the bare server got no port'));
      else resolve(uWS.us_socket_local_port(socket));
    });
  });
}

const port = await (process.argv[2] === 'bare' ? listenBare() : listenFront());
process.stdout.write(`${JSON.stringify({ msg: 'listening', port })}\n`);
