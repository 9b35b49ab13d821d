import { type Stats, statsOf } from '../support/statistics.ts';

export interface Micro {
  readonly name: string;
  /** Operations that one call of what it returns does. */
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

/** Until the optimising compiler has had its turn, and its guesses theirs: on a busy machine that takes a while. */
const WARM_UP_MS = 500;

/** Calls between two looks at the clock grow until they take so long: the look itself must not be measured. */
const CHUNK_MS = 1;

/** Kept where the compiler can't know that nobody looks, so that it does not leave the work out. */
let sink: unknown;

/** Nanoseconds an operation, once it is compiled. */
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
