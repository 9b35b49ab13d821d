import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  /** By lower-case name; the last of several with one name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP connection with just enough HTTP to send what no client library would send. */
export class RawClient {
  #received = '';
  #ended = false;
  #wake: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#wake();
    });
    // A reset is an end like any other: what arrived before it is valid.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Sends each part as a segment of its own. */
  async send(...parts: readonly string[]): Promise<void> {
    for (const part of parts) {
      await new Promise<void>((resolve) => this.socket.write(Buffer.from(part, 'latin1'), () => resolve()));
      await eventLoopTurns();
    }
  }

  /** The next response; undefined when the connection ended first. */
  async response({ bodiless = false } = {}): Promise<RawResponse | undefined> {
    for (;;) {
      const response = this.#take(bodiless);
      if (response !== undefined || this.#ended) return response;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the server has closed the connection, with all that it had sent and was not read yet. */
  async closed(): Promise<string> {
    if (!this.#ended) await once(this.socket, 'close');
    return this.#received;
  }

  hangUp(): void {
    this.socket.destroy();
  }

  #take(bodiless: boolean): RawResponse | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [statusLine = '', ...lines] = this.#received.slice(0, end).split('\r\n');
    // Otherwise the last answer was longer than its Content-Length.
    if (!statusLine.startsWith('HTTP/1.1 ')) throw new Error(`no status line: ${statusLine}`);
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const begin = end + '\r\n\r\n'.length;
    const length = bodiless ? 0 : Number(headers['content-length'] ?? 0);
    if (this.#received.length < begin + length) return undefined;
    const body = Buffer.from(this.#received.slice(begin, begin + length), 'latin1').toString('utf8');
    this.#received = this.#received.slice(begin + length);
    return { status: Number(statusLine.split(' ')[1]), headers, body };
  }
}

/** Lets a server in this process read what was written: bytes on the loopback arrive in the next turn of the event loop. */
export async function eventLoopTurns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
