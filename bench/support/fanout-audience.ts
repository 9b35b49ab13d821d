import { connect, type Socket } from 'node:net';
import { upgradeOf } from './web-socket-wire.ts';

/** Opened at a time: fewer than a listen backlog holds. */
export const AT_ONCE = 100;

const BUFFER_BYTES = 64 * 1024;

/** Sockets that only count what they get: they share one buffer, so that the audience is no heavier than it has to be. */
export class FanoutAudience {
  readonly #sockets: Socket[] = [];
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #received = 0;
  #told = (): void => {};

  async grow(port: number, count: number): Promise<void> {
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => this.#open(port));
      this.#sockets.push(...(await Promise.all(batch)));
    }
  }

  /** Resolves when so many bytes have come since the last call. Errors: more came. */
  async received(bytes: number): Promise<void> {
    while (this.#received < bytes) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
    if (this.#received !== bytes) throw new Error(`${this.#received} bytes came instead of ${bytes}`);
    this.#received = 0;
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      let upgraded = false;
      const socket = connect({
        port,
        host: '127.0.0.1',
        onread: {
          buffer: this.#buffer,
          callback: (length) => {
            if (upgraded) this.#received += length;
            else resolve(socket);
            upgraded = true;
            this.#told();
            return true;
          },
        },
      });
      socket.on('error', reject);
      socket.write(upgradeOf('/live'));
    });
  }
}
