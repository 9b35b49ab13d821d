import type { Clock } from '../../../src/ports/clock.ts';
import type { Timers } from '../../../src/ports/timers.ts';
import { createScheduler } from './scheduler.ts';
import type { World } from './world.ts';

/** The wall clock's time when the world begins, so that nobody takes a duration for a time unnoticed. */
export const START_MS = Date.UTC(2030, 0, 1);

/**
 * A process of the system from its start to its death. Killed, it gets no answer and no timer any more: whatever it awaits
 * it awaits for ever, which is a crash at that await. Stopped (SIGSTOP), all that comes to it waits until it goes on.
 */
export class Process {
  readonly clock: Clock;
  readonly timers: Timers;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  readonly #held: (() => void)[] = [];
  readonly #atDeath: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly name: string,
    /** How far its wall clock is ahead of the true time, milliseconds. */
    skewMs = 0,
  ) {
    const bornAt = world.now;
    this.clock = {
      now: () => START_MS + Math.floor(world.now + skewMs),
      monotonic: () => world.now - bornAt,
    };
    this.timers = {
      after: (ms, task) => this.after(ms, task),
      endOfTurn: (task) => void this.after(0, task),
      wait: (ms) => this.wait(ms),
      scheduler: createScheduler(this),
    };
  }

  get alive(): boolean {
    return this.#state !== 'dead';
  }

  /** A timer of the process; returns what cancels it. */
  after(ms: number, task: () => void): () => void {
    let cancelled = false;
    const cancel = this.world.after(ms, () => this.deliver(() => cancelled || task()));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Something that reaches the process from outside. */
  deliver(task: () => void): void {
    if (this.#state === 'running') task();
    else if (this.#state === 'stopped') this.#held.push(task);
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  goOn(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    // Each as an event of its own: the process may be killed or stopped again between two of them.
    for (const task of this.#held.splice(0)) this.world.after(0, () => this.deliver(task));
  }

  kill(): void {
    this.#state = 'dead';
    this.#held.length = 0;
    for (const end of this.#atDeath.splice(0)) end();
  }

  /** What the operating system does when the process is gone: its connections close. */
  onDeath(end: () => void): void {
    this.#atDeath.push(end);
  }
}
