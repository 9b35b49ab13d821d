import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import WebSocket, { type ClientOptions } from 'ws';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket that remembers what it was sent. */
export class LiveClient {
  /** Text frames so far. */
  readonly frames: string[] = [];
  /** Of the answer to the upgrade. */
  readonly headers: Record<string, string | string[] | undefined> = {};
  readonly closed: Promise<Closed>;
  pings = 0;
  #wake: () => void = () => {};
  #over = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push(isBinary ? `binary ${data.toString('hex')}` : data.toString());
      this.#wake();
    });
    socket.on('ping', () => {
      this.pings += 1;
    });
    socket.on('upgrade', ({ headers }) => Object.assign(this.headers, headers));
    // A reset is an end like any other: `close` tells it, as 1006.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#over = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** Resolves when it is open; rejects with the status that the server answered instead. */
  static async open(port: number, path: string, options: ClientOptions = {}): Promise<LiveClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    const client = new LiveClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  send(frame: string | Buffer, { binary = false, fin = true } = {}): void {
    this.socket.send(frame, { binary, fin });
  }

  /** The first `count` frames; fewer if it was closed before. */
  async first(count: number): Promise<readonly string[]> {
    while (this.frames.length < count && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.frames.slice(0, count);
  }

  /** Closes as a well-behaved client does. */
  async close(): Promise<Closed> {
    this.socket.close(1000);
    return this.closed;
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    (this.socket as unknown as { readonly _socket: Socket })._socket.resetAndDestroy();
  }
}

/** Upgrades by hand and then reads only when told to. It answers no ping. */
export class SilentClient {
  /** Bytes after the answer to the upgrade, the last of them, and whether the server is gone. */
  read = 0;
  tail: Buffer = Buffer.alloc(0);
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  static async open(port: number, path: string): Promise<SilentClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new SilentClient(socket);
    socket.write(upgradeRequest(path));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(answer.toString('latin1'));
    return client;
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  resume(): void {
    this.socket.on('data', (data: Buffer) => {
      this.read += data.length;
      this.tail = Buffer.concat([this.tail, data]).subarray(-64);
    });
    this.socket.resume();
  }

  hangUp(): void {
    this.socket.resetAndDestroy();
  }
}

export function upgradeRequest(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: 'x',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
