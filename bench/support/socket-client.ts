import { connect, type Socket } from 'node:net';
import { textFrame, UPGRADE_END, upgradeOf } from './web-socket-wire.ts';

const PATH = '/v1/live';

/** The least of a client of the live protocol: one call at a time, and what it did not ask for is skipped. */
export class LiveSocketClient {
  #received: Buffer = Buffer.alloc(0);
  #calls = 0;
  #wanted = '';
  #onReply: ((text: string | undefined) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    // An error is followed by the close.
    socket.on('error', () => {});
    socket.on('close', () => this.#reply(undefined));
  }

  /** Connects, and logs in where the server knows what that is. */
  static async open(port: number, speaks: 'live' | 'echo', token: string): Promise<LiveSocketClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      socket.once('error', reject);
      const read = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(UPGRADE_END);
        if (end < 0) return;
        socket.off('data', read);
        const rest = head.subarray(end + UPGRADE_END.length);
        if (rest.length > 0) socket.unshift(rest);
        resolve();
      };
      socket.on('data', read);
      socket.write(upgradeOf(PATH));
    });
    const client = new LiveSocketClient(socket);
    if (speaks === 'live') await client.call({ type: 'auth', token });
    return client;
  }

  /** The text of the reply; undefined when the socket is gone. */
  call(frame: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    this.#calls += 1;
    this.#wanted = `"id":${this.#calls},`;
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve(undefined);
      this.#onReply = resolve;
      this.socket.write(textFrame(JSON.stringify({ id: this.#calls, ...frame })));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const frame = frameAt(this.#received);
      if (frame === undefined) return;
      this.#received = this.#received.subarray(frame.end);
      const { text } = frame;
      if (text.includes(this.#wanted)) this.#reply(text);
    }
  }

  #reply(text: string | undefined): void {
    const tell = this.#onReply;
    this.#onReply = undefined;
    tell?.(text);
  }
}

/** The first whole frame of a server, which doesn't mask (RFC 6455, section 5.2); frames here are under 64 kB. */
function frameAt(bytes: Buffer): { readonly text: string; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const head = short === 126 ? 4 : 2;
  if (bytes.length < head) return undefined;
  const end = head + (short === 126 ? bytes.readUInt16BE(2) : short);
  return bytes.length < end ? undefined : { text: bytes.toString('latin1', head, end), end };
}
