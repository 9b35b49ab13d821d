import type { SocketAdmission, SocketRefusal, SocketSender } from '../../ports/live-socket.ts';
import { NETWORK_FACTORS } from '../http/address-limit.ts';
import type { ClientKeys } from '../http/client-address.ts';

export interface SocketLimitOptions {
  /** Sockets of this process; 0: unlimited. */
  readonly perProcess: number;
  /** Sockets of one address in this process; 0: unlimited. */
  readonly perAddress: number;
  readonly keysOf: (sender: SocketSender) => ClientKeys;
  readonly onRefused: (by: SocketRefusal) => void;
}

/** How many sockets a client's key may have, as a multiple of the limit: those of an address, or of its networks. */
const FACTORS = [1, NETWORK_FACTORS.network56, NETWORK_FACTORS.network48] as const;

/**
 * Bounds the sockets of a process, since each may hold the longest frame for as long as a message may take. An IPv6 client is
 * counted by its /64 and, more generously, by its /56 and /48, as by the other limits.
 */
export class SocketLimits implements SocketAdmission {
  #open = 0;
  readonly #byKey = new Map<string, number>();

  constructor(private readonly options: SocketLimitOptions) {}

  refusalOf(sender: SocketSender): SocketRefusal | undefined {
    const { perProcess, perAddress } = this.options;
    if (perProcess > 0 && this.#open >= perProcess) return 'process';
    if (perAddress === 0) return undefined;
    const isFull = (key: string, n: number) => (this.#byKey.get(key) ?? 0) >= perAddress * (FACTORS[n] ?? 1);
    return this.#keysOf(sender).some(isFull) ? 'address' : undefined;
  }

  refused(by: SocketRefusal): void {
    this.options.onRefused(by);
  }

  admit(sender: SocketSender): () => void {
    const keys = this.options.perAddress === 0 ? [] : this.#keysOf(sender);
    this.#open += 1;
    for (const key of keys) this.#byKey.set(key, (this.#byKey.get(key) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#open -= 1;
      for (const key of keys) {
        const left = (this.#byKey.get(key) ?? 0) - 1;
        if (left > 0) this.#byKey.set(key, left);
        else this.#byKey.delete(key);
      }
    };
  }

  #keysOf(sender: SocketSender): readonly string[] {
    const keys = this.options.keysOf(sender);
    return typeof keys === 'string' ? [keys] : keys;
  }
}
