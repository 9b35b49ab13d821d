import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export type Frame = Readonly<Record<string, unknown>> & { readonly type: string; readonly id?: number };

/** One client's connection, as the scripted server sees it. */
export class ScriptedConnection {
  /** All frames received so far, without pings. */
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(socket: WebSocket, clock: () => number) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === 'ping') {
        this.send({ type: 'pong', id: frame.id, serverTime: new Date(clock()).toISOString() });
        return;
      }
      this.frames.push(frame);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** The next received frame; fails if it is of another type. */
  async next(type: string): Promise<Frame> {
    while (this.frames.length <= this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const frame = this.frames[this.#taken] as Frame;
    this.#taken += 1;
    if (frame.type !== type) throw new Error(`expected a ${type}, got ${JSON.stringify(frame)}`);
    return frame;
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Breaks the connection without a close frame, as a killed server does. */
  cut(): void {
    this.#socket.terminate();
  }

  async closed(): Promise<void> {
    if (this.#socket.readyState !== this.#socket.CLOSED) await once(this.#socket, 'close');
  }
}

/** Implements hello and pong of `/v1/live`; the test sends everything else. */
export class ScriptedLiveServer {
  readonly #server: WebSocketServer;
  readonly #connections: ScriptedConnection[] = [];
  readonly #waiting: ((connection: ScriptedConnection) => void)[] = [];

  private constructor(server: WebSocketServer, clock: () => number) {
    this.#server = server;
    server.on('connection', (socket) => {
      const connection = new ScriptedConnection(socket, clock);
      connection.send({ type: 'hello', serverTime: new Date(clock()).toISOString(), connectionId: 'c1' });
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#connections.push(connection);
      else waiting(connection);
    });
  }

  static async start(clock: () => number = Date.now): Promise<ScriptedLiveServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new ScriptedLiveServer(server, clock);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/live`;
  }

  /** The next client that connects or has connected. */
  connection(): Promise<ScriptedConnection> {
    const ready = this.#connections.shift();
    return ready === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(ready);
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
