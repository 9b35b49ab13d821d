import type { Clock } from '../../../src/ports/clock.ts';
import type { Timers } from '../../../src/ports/timers.ts';
import { createScheduler } from './scheduler.ts';
import type { World } from './world.ts';

/** Wall-clock time at the start of the simulation, so that confusing a duration with a time does not go unnoticed. */
export const START_MS = Date.UTC(2030, 0, 1);

/**
 * A process of the system from its start to its death. Once killed, it receives no more answers or timers: everything
 * it awaits stays pending, which is a crash at that await. While stopped (SIGSTOP), everything that reaches it is held
 * until it is resumed.
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
    /** Offset of its wall clock from true time, milliseconds. */
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

  /** Starts a timer of the process; returns a function that cancels it. */
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

  /** Runs a task that reaches the process from outside. */
  deliver(task: () => void): void {
    if (this.#state === 'running') task();
    else if (this.#state === 'stopped') this.#held.push(task);
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  resume(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    // Each as a separate event: the process may be killed or stopped again between two of them.
    for (const task of this.#held.splice(0)) this.world.after(0, () => this.deliver(task));
  }

  kill(): void {
    this.#state = 'dead';
    this.#held.length = 0;
    for (const end of this.#atDeath.splice(0)) end();
  }

  /** What the operating system does when a process dies: its connections close. */
  onDeath(end: () => void): void {
    this.#atDeath.push(end);
  }
}
