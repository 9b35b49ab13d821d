import { type Stats, statsOf } from '../support/statistics.ts';

export interface Micro {
  readonly name: string;
  /** Operations done by one call of the function that `setUp` returns. */
  readonly operations: number;
  readonly setUp: () => () => unknown;
}

export interface Timing {
  readonly rounds: number;
  /** Of each round. */
  readonly ms: number;
  /** @default {@link WARM_UP_MS} */
  readonly warmUpMs?: number;
}

/** Until code is optimised, and deoptimised where V8 guessed wrong: on a busy machine that takes a while. */
const WARM_UP_MS = 500;

/** Calls between two readings of the clock grow until they take this long, so that reading it costs nothing in comparison. */
const CHUNK_MS = 1;

/** The last result, exported so that the compiler can't remove the work as dead code. */
let sink: unknown;

/** Nanoseconds an operation, after a warm-up. */
export function time({ operations, setUp }: Omit<Micro, 'name'>, { rounds, ms, warmUpMs = WARM_UP_MS }: Timing): Stats {
  const call = setUp();
  round(call, 1, Math.max(ms, warmUpMs));
  const chunk = chunkOf(call);
  const times = Array.from({ length: rounds }, () => round(call, chunk, ms) / operations);
  return statsOf(times);
}

function chunkOf(call: () => unknown): number {
  for (let calls = 1; ; calls *= 2) {
    const from = performance.now();
    for (let n = 0; n < calls; n += 1) sink = call();
    if (performance.now() - from >= CHUNK_MS) return calls;
  }
}

/** Nanoseconds a call. */
function round(call: () => unknown, chunk: number, ms: number): number {
  const from = performance.now();
  let [calls, took] = [0, 0];
  while (took < ms) {
    for (let n = 0; n < chunk; n += 1) sink = call();
    calls += chunk;
    took = performance.now() - from;
  }
  return (took * 1e6) / calls;
}

export const lastResult = (): unknown => sink;
