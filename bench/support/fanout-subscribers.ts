import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { OPENED_AT_ONCE, upgradeOf } from './web-socket-wire.ts';

const BUFFER_BYTES = 64 * 1024;
/** Rare enough to cost nothing compared with reading the bytes. */
const POLL_MS = 5;
/** If nothing arrives for so long, nothing more will. */
const STALLED_MS = 30_000;

interface Subscriber {
  readonly socket: Socket;
  /** Received since the last complete count. */
  bytes: number;
}

/** Sockets that only count the bytes they receive. They share one buffer, which keeps their cost to the machine low. */
export class FanoutSubscribers {
  readonly #subscribers: Subscriber[] = [];
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #received = 0;

  constructor(private readonly stalledMs = STALLED_MS) {}

  async add(port: number, count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
      const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened) }, () => this.#open(port));
      this.#subscribers.push(...(await Promise.all(batch)));
    }
  }

  /**
   * Resolves when each socket has received `bytesEach` bytes since the last call. Errors: Error that says how many bytes are
   * missing once none have arrived for `stalledMs`, or on how many sockets too many arrived.
   */
  async received(bytesEach: number): Promise<void> {
    let [before, since] = [this.#received, performance.now()];
    while (this.#received < bytesEach * this.#subscribers.length) {
      await delay(POLL_MS);
      if (this.#received !== before) [before, since] = [this.#received, performance.now()];
      else if (performance.now() - since > this.stalledMs) break;
    }
    this.#verify(bytesEach);
    for (const subscriber of this.#subscribers) subscriber.bytes = 0;
    this.#received = 0;
  }

  close(): void {
    for (const { socket } of this.#subscribers) socket.destroy();
  }

  #verify(bytesEach: number): void {
    const all = this.#subscribers.length;
    const short = this.#subscribers.filter(({ bytes }) => bytes < bytesEach);
    const missing = short.reduce((sum, { bytes }) => sum + bytesEach - bytes, 0);
    if (missing > 0) throw new Error(`${missing} bytes are missing, on ${short.length} of ${all} sockets`);
    const over = this.#subscribers.filter(({ bytes }) => bytes > bytesEach).length;
    if (over > 0) throw new Error(`more than ${bytesEach} bytes arrived, on ${over} of ${all} sockets`);
  }

  /** Resolves at the first bytes, which are the upgrade and are not counted. */
  #open(port: number): Promise<Subscriber> {
    return new Promise((resolve, reject) => {
      let subscriber: Subscriber | undefined;
      const socket = connect({
        port,
        host: '127.0.0.1',
        onread: {
          buffer: this.#buffer,
          callback: (length) => {
            if (subscriber === undefined) {
              subscriber = { socket, bytes: 0 };
              resolve(subscriber);
              return true;
            }
            subscriber.bytes += length;
            this.#received += length;
            return true;
          },
        },
      });
      socket.on('error', reject);
      socket.write(upgradeOf('/live'));
    });
  }
}
