import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { upgradeOf } from './web-socket-wire.ts';

/** Opened at a time: fewer than a listen backlog holds. */
export const AT_ONCE = 100;

const BUFFER_BYTES = 64 * 1024;
/** Seldom enough to cost nothing beside the bytes themselves. */
const LOOK_MS = 5;
/** Sockets to which nothing more comes for so long get nothing more. */
const STALLED_MS = 30_000;

interface Listener {
  readonly socket: Socket;
  /** Since all had what they should have. */
  bytes: number;
}

/** Sockets that only count what they get: they share one buffer, so that the audience is no heavier than it has to be. */
export class FanoutAudience {
  readonly #listeners: Listener[] = [];
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #received = 0;

  constructor(private readonly stalledMs = STALLED_MS) {}

  async grow(port: number, count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => this.#open(port));
      this.#listeners.push(...(await Promise.all(batch)));
    }
  }

  /**
   * Resolves when each socket has got so many bytes since the last call. Errors: Error that tells how many are missing, when
   * none came for a long time, or on how many sockets more came.
   */
  async received(bytesEach: number): Promise<void> {
    let [before, since] = [this.#received, performance.now()];
    while (this.#received < bytesEach * this.#listeners.length) {
      await delay(LOOK_MS);
      if (this.#received !== before) [before, since] = [this.#received, performance.now()];
      else if (performance.now() - since > this.stalledMs) break;
    }
    this.#verify(bytesEach);
    for (const listener of this.#listeners) listener.bytes = 0;
    this.#received = 0;
  }

  leave(): void {
    for (const { socket } of this.#listeners) socket.destroy();
  }

  #verify(bytesEach: number): void {
    const all = this.#listeners.length;
    const short = this.#listeners.filter(({ bytes }) => bytes < bytesEach);
    const missing = short.reduce((sum, { bytes }) => sum + bytesEach - bytes, 0);
    if (missing > 0) throw new Error(`${missing} bytes are missing, on ${short.length} of ${all} sockets`);
    const over = this.#listeners.filter(({ bytes }) => bytes > bytesEach).length;
    if (over > 0) throw new Error(`more than ${bytesEach} bytes came, on ${over} of ${all} sockets`);
  }

  #open(port: number): Promise<Listener> {
    return new Promise((resolve, reject) => {
      let listener: Listener | undefined;
      const socket = connect({
        port,
        host: '127.0.0.1',
        onread: {
          buffer: this.#buffer,
          callback: (length) => {
            if (listener === undefined) {
              listener = { socket, bytes: 0 };
              resolve(listener);
              return true;
            }
            listener.bytes += length;
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
