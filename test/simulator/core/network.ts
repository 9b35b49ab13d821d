import { Fault } from '../../../src/domain/errors.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** How calls fare; shares are of 1. */
export interface Weather {
  readonly latencyMs: readonly [number, number];
  /** The call never arrives. */
  readonly lost: number;
  /** It is done, and nobody hears of it. */
  readonly unanswered: number;
  /** It arrives once more, a while later. */
  readonly doubled: number;
  /** It arrives only after its caller has given up. */
  readonly late: number;
}

export const CALM: Weather = { latencyMs: [0.2, 2], lost: 0, unanswered: 0, doubled: 0, late: 0 };

/** One that calls reach over the network. */
export interface Server {
  readonly name: string;
  /** After so long a caller's own client gives up, milliseconds. */
  readonly timeoutMs: number;
  up: boolean;
  /** Latencies are multiplied by it. */
  slowness: number;
}

export function createServer(name: string, timeoutMs: number): Server {
  return { name, timeoutMs, up: true, slowness: 1 };
}

/** Calls are refused at once, or nobody ever hears of them. */
export type Cut = 'refused' | 'silent';

export class Network {
  weather = CALM;
  calls = 0;
  /** Told when a call was executed, before its answer is on the way; `again` executes it once more. */
  onExecuted: (what: string, from: Process, again: () => void) => void = () => {};
  /** Ways that are cut, and whether who goes them is told so. */
  readonly #cuts = new Map<string, Cut>();

  constructor(private readonly world: World) {}

  /** Cuts the way from a process to a server, or mends it. */
  cut(from: Process, to: Server, cut: Cut | undefined): void {
    const way = `${from.name} ${to.name}`;
    if (cut === undefined) this.#cuts.delete(way);
    else this.#cuts.set(way, cut);
  }

  /**
   * Calls a server from a process: `execute` runs there, atomically, when the call arrives, if it does; its answer comes
   * later, if it does. Calls overtake each other. Errors: Fault `unavailable`, `timeout`; what `execute` rejects with.
   */
  call<T>(from: Process, to: Server, name: string, execute: () => Promise<T>, args?: unknown): Promise<T> {
    const { world } = this;
    const { random, trace } = world;
    this.calls += 1;
    const what = `${to.name}.${name}`;
    return new Promise<T>((resolve, reject) => {
      // A killed process says nothing; what it was about to call is not called.
      if (!from.alive) return;
      trace.note(world.now, from.name, `> ${what}`, () => args);
      const { lost, unanswered, doubled, late } = this.weather;
      const dice = random.next();
      const [there, back] = [this.#latency(to), this.#latency(to)];
      const fail = (code: 'unavailable' | 'timeout') => {
        trace.note(world.now, from.name, `! ${what}`, () => code);
        reject(new Fault(code, `${what}: ${code}`));
      };
      const run = (answered: boolean) => {
        if (!to.up) {
          if (answered) world.after(back, () => from.deliver(() => fail('unavailable')));
          return;
        }
        const reply = (settle: () => void, how: string, value: unknown) => {
          trace.note(world.now, to.name, `${how} ${name} for ${from.name}`, () => value);
          if (answered) world.after(back, () => from.deliver(settle));
        };
        const executing = execute();
        this.onExecuted(what, from, () => run(false));
        executing.then(
          (value) => reply(() => resolve(value), '=', value),
          (error: unknown) => reply(() => reject(error), 'x', error),
        );
      };

      const cut = this.#cuts.get(`${from.name} ${to.name}`);
      if (cut === 'refused') {
        from.after(back, () => fail('unavailable'));
        return;
      }
      const isLost = dice < lost || cut === 'silent';
      const isLate = dice < lost + late;
      const inTime = !isLost && !isLate && dice >= lost + late + unanswered && there + back < to.timeoutMs;
      if (!inTime) from.after(to.timeoutMs, () => fail('timeout'));
      if (!isLost) world.after(isLate ? to.timeoutMs * random.between(0.9, 1.9) : there, () => run(inTime));
      if (dice > 1 - doubled) world.after(there + random.between(0, to.timeoutMs), () => run(false));
    });
  }

  #latency(to: Server): number {
    const [low, high] = this.weather.latencyMs;
    return this.world.random.between(low, high) * to.slowness;
  }
}

/** A port whose server is remote, as a process uses it: each method is a call. */
export function remote<T extends object>(network: Network, from: Process, to: Server, port: T): T {
  const calls = methodsOf(port).map((name) => {
    const method = Reflect.get(port, name) as (...args: unknown[]) => Promise<unknown>;
    const call = (...args: unknown[]) => network.call(from, to, name, () => method.apply(port, args), args);
    return [name, call] as const;
  });
  return Object.fromEntries(calls) as T;
}

/** Its own methods and those that it inherits. */
function methodsOf(port: object): readonly string[] {
  const names = new Set<string>();
  for (let from = port; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Object.getOwnPropertyNames(from)) names.add(name);
  }
  names.delete('constructor');
  return [...names].filter((name) => typeof Reflect.get(port, name) === 'function');
}
