import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  /** By lower-case name; of two with one name, the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP connection that speaks just enough HTTP to send what no client library would. */
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
    // A reset is an end like any other: what came before it counts.
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

  /** Resolves when the server has closed the connection; whatever it sent until then. */
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
    // What stands before it would be the rest of an answer that was longer than it said.
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

/** Lets a server in this process read what was written: a loopback write is there in the next turn of the loop. */
export async function eventLoopTurns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
