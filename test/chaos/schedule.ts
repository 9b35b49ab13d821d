import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../simulator/core/random.ts';
import type { Fault } from './faults.ts';
import type { Testbed } from './testbed.ts';

export interface LaneOptions {
  readonly name: string;
  readonly faults: readonly Fault[];
  /** Injected once, after a quarter of the time. */
  readonly outage?: Fault | undefined;
  readonly seed: number;
  /** By performance.now(). */
  readonly startedAt: number;
  readonly until: number;
  readonly calmMs: readonly [number, number];
  readonly struck: (name: string) => void;
}

/** Injects one fault after another until the time is over. The seed decides which, and how long each lasts. */
export async function runLane(bed: Testbed, options: LaneOptions): Promise<void> {
  const { name, faults, outage, seed, startedAt, until, calmMs, struck } = options;
  const random = new Random(seed + [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  let due = outage;
  const outageFrom = startedAt + (until - startedAt) / 4;
  let deck: Fault[] = [];
  for (;;) {
    await delay(random.between(...calmMs));
    if (performance.now() > until) return;
    if (deck.length === 0) deck = shuffled(faults, random);
    const isDue = due !== undefined && performance.now() > outageFrom;
    const fault = isDue ? (due as Fault) : (deck.pop() as Fault);
    if (isDue) due = undefined;
    // A generator of its own: how much a fault draws must not change the next one.
    const own = new Random(random.integer(0, 2 ** 31));
    struck(fault.name);
    await fault.strike(bed, own);
  }
}

/** Each kind once before any is repeated, and then all the other cards in any order. */
export function shuffled(faults: readonly Fault[], random: Random): Fault[] {
  const inAnyOrder = (cards: readonly Fault[]): Fault[] =>
    cards
      .map((card) => ({ card, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ card }) => card);
  const more = faults.flatMap((fault) => new Array<Fault>(fault.cards - 1).fill(fault));
  // Cards are dealt from the end.
  return [...inAnyOrder(more), ...inAnyOrder(faults)];
}
