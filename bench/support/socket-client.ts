import { connect, type Socket } from 'node:net';
import { textFrame, UPGRADE_END, upgradeOf } from './web-socket-wire.ts';

const PATH = '/v1/live';

/** A minimal client of the live protocol: one call at a time; frames that are not its reply are skipped. */
export class LiveSocketClient {
  #received: Buffer = Buffer.alloc(0);
  #calls = 0;
  #expectedId = '';
  #onReply: ((text: string | undefined) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    // An error is followed by a close event.
    socket.on('error', () => {});
    socket.on('close', () => this.#reply(undefined));
  }

  /** Connects and, if the server implements the live protocol, authenticates. */
  static async open(port: number, protocol: 'live' | 'echo', token: string): Promise<LiveSocketClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      socket.once('error', reject);
      const readHead = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(UPGRADE_END);
        if (end < 0) return;
        socket.off('data', readHead);
        const rest = head.subarray(end + UPGRADE_END.length);
        if (rest.length > 0) socket.unshift(rest);
        resolve();
      };
      socket.on('data', readHead);
      socket.write(upgradeOf(PATH));
    });
    const client = new LiveSocketClient(socket);
    if (protocol === 'live') await client.call({ type: 'auth', token });
    return client;
  }

  /** The text of the reply; undefined when the socket has closed. */
  call(frame: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    this.#calls += 1;
    this.#expectedId = `"id":${this.#calls},`;
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve(undefined);
      this.#onReply = resolve;
      this.socket.write(textFrame(JSON.stringify({ id: this.#calls, ...frame })));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const frame = frameAt(this.#received);
      if (frame === undefined) return;
      this.#received = this.#received.subarray(frame.end);
      const { text } = frame;
      if (text.includes(this.#expectedId)) this.#reply(text);
    }
  }

  #reply(text: string | undefined): void {
    const onReply = this.#onReply;
    this.#onReply = undefined;
    onReply?.(text);
  }
}

/** The first complete frame. A server does not mask its frames (RFC 6455, section 5.2); these are under 64 kB. */
function frameAt(bytes: Buffer): { readonly text: string; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const head = short === 126 ? 4 : 2;
  if (bytes.length < head) return undefined;
  const end = head + (short === 126 ? bytes.readUInt16BE(2) : short);
  return bytes.length < end ? undefined : { text: bytes.toString('latin1', head, end), end };
}
