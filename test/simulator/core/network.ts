import { Fault } from '../../../src/domain/errors.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** Network conditions of calls; probabilities are 0 to 1. */
export interface NetworkConditions {
  readonly latencyMs: readonly [number, number];
  /** The call never arrives. */
  readonly lost: number;
  /** The call is executed, but its answer is lost. */
  readonly unanswered: number;
  /** The call arrives a second time, later. */
  readonly doubled: number;
  /** The call arrives only after its caller has given up. */
  readonly late: number;
}

export const CALM: NetworkConditions = { latencyMs: [0.2, 2], lost: 0, unanswered: 0, doubled: 0, late: 0 };

/** A server that is called over the network. */
export interface Server {
  readonly name: string;
  /** Time limit of its clients, milliseconds. */
  readonly timeoutMs: number;
  up: boolean;
  /** Factor on latencies. */
  slowness: number;
}

export function createServer(name: string, timeoutMs: number): Server {
  return { name, timeoutMs, up: true, slowness: 1 };
}

/** Calls are refused at once, or time out. */
export type Cut = 'refused' | 'silent';

export class Network {
  conditions = CALM;
  calls = 0;
  /** Called when a call was executed, before its answer is sent; `again` executes it once more. */
  onExecuted: (what: string, from: Process, again: () => void) => void = () => {};
  /** Partitioned connections, and how their calls fail. */
  readonly #cuts = new Map<string, Cut>();

  constructor(private readonly world: World) {}

  /** Cuts the connection from a process to a server, or restores it. */
  cut(from: Process, to: Server, cut: Cut | undefined): void {
    const way = `${from.name} ${to.name}`;
    if (cut === undefined) this.#cuts.delete(way);
    else this.#cuts.set(way, cut);
  }

  /**
   * Calls a server from a process: `execute` runs there, atomically, if and when the call arrives; its answer may
   * arrive later. Calls may overtake each other. Errors: Fault `unavailable`, `timeout`; what `execute` rejects with.
   */
  call<T>(from: Process, to: Server, name: string, execute: () => Promise<T>, args?: unknown): Promise<T> {
    const { world } = this;
    const { random, trace } = world;
    this.calls += 1;
    const what = `${to.name}.${name}`;
    return new Promise<T>((resolve, reject) => {
      // A killed process makes no more calls.
      if (!from.alive) return;
      trace.note(world.now, from.name, `> ${what}`, () => args);
      const { lost, unanswered, doubled, late } = this.conditions;
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
    const [low, high] = this.conditions.latencyMs;
    return this.world.random.between(low, high) * to.slowness;
  }
}

/** A remote server's port as a process uses it: each method is a call. */
export function remote<T extends object>(network: Network, from: Process, to: Server, port: T): T {
  const calls = methodsOf(port).map((name) => {
    const method = Reflect.get(port, name) as (...args: unknown[]) => Promise<unknown>;
    const call = (...args: unknown[]) => network.call(from, to, name, () => method.apply(port, args), args);
    return [name, call] as const;
  });
  return Object.fromEntries(calls) as T;
}

/** Its own and inherited methods. */
function methodsOf(port: object): readonly string[] {
  const names = new Set<string>();
  for (let from = port; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Object.getOwnPropertyNames(from)) names.add(name);
  }
  names.delete('constructor');
  return [...names].filter((name) => typeof Reflect.get(port, name) === 'function');
}
