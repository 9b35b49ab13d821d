import { type TimeoutEntry, TimeoutQueue } from '../http/timeout-queue.ts';

export interface HeartbeatPeer extends TimeoutEntry {
  /** Whether it was pinged since data last arrived; changed by {@link Heartbeat} only. */
  pinged: boolean;
  ping(): void;
  /** Nothing has arrived in time, not even a pong. */
  timedOut(): void;
}

// Fine enough for a limit of seconds, and a tick costs next to nothing.
const TICKS_PER_LIMIT = 8;
/** Half of the time may pass in silence, the other half is for the pong. */
const TICKS_PER_STAGE = TICKS_PER_LIMIT / 2;
/** Below a second connections would carry mostly pings; a timer can't measure more than 24 days. */
const IDLE_SECONDS = { min: 1, max: 86_400 } as const;

/** Pings each peer that nothing has arrived from for half of `idleSeconds`, and gives it up after all of them. */
export class Heartbeat {
  readonly #quiet = new TimeoutQueue<HeartbeatPeer>();
  readonly #pinged = new TimeoutQueue<HeartbeatPeer>();
  readonly #timer: NodeJS.Timeout;

  constructor(idleSeconds: number) {
    const seconds = Math.min(IDLE_SECONDS.max, Math.max(IDLE_SECONDS.min, idleSeconds));
    this.#timer = setInterval(() => this.#tick(), (seconds * 1000) / TICKS_PER_LIMIT);
    this.#timer.unref();
  }

  add(peer: HeartbeatPeer): void {
    peer.pinged = false;
    this.#quiet.add(peer);
  }

  /** Data has arrived. */
  active(peer: HeartbeatPeer): void {
    this.remove(peer);
    this.add(peer);
  }

  remove(peer: HeartbeatPeer): void {
    (peer.pinged ? this.#pinged : this.#quiet).remove(peer);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#pinged.tick(TICKS_PER_STAGE, (peer) => {
      this.active(peer);
      peer.timedOut();
    });
    // One more, because the first tick after an entry was added comes early.
    this.#quiet.tick(TICKS_PER_STAGE + 1, (peer) => {
      this.#quiet.remove(peer);
      peer.pinged = true;
      this.#pinged.add(peer);
      peer.ping();
    });
  }
}
