import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryLeases } from '../../test/support/fakes/memory-leases.ts';
import { MemoryNodeMarks } from '../../test/support/fakes/memory-node-marks.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { SkewedClock } from '../../test/support/fakes/skewed-clock.ts';
import { isFault } from '../domain/errors.ts';
import { NodeLease } from './node-lease.ts';

const MINUTE = 60_000;
const MACHINES = 4;
/** Fewer than the machines, so that numbers change hands. */
const NUMBERS = 2;

// Whole minutes, so that clocks that were set often show the very same millisecond.
const minutes = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * MINUTE);
const who = fc.nat(MACHINES - 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('make'), who, count: fc.constantFrom(1, 40_000) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('renew', 'die', 'stop'), who, count: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('wait'), who, count: minutes(1, 20) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('set clock'), who, count: minutes(-20, 20) }) },
);

/** Machines with one process each, on one database. A process that dies or stops is replaced by another one. */
class Installation {
  readonly ids = new Set<string>();
  #started = 0;
  readonly #clock = new ManualClock();
  readonly #leases = new MemoryLeases(this.#clock.now);
  readonly #nodeMarks = new MemoryNodeMarks();
  readonly #store = new MemoryOrderStore();
  readonly #machines = Array.from({ length: MACHINES }, () => {
    const own = new SkewedClock(this.#clock);
    return { own, lease: this.#start(own) };
  });

  constructor(private readonly random: () => number) {}

  async run({ what, who: n, count }: { what: string; who: number; count: number }): Promise<void> {
    const machine = this.#machines[n] as { own: SkewedClock; lease: NodeLease };
    if (what === 'wait') this.#clock.advance(count);
    if (what === 'set clock') machine.own.offsetMs = count;
    if (what === 'make') this.#make(machine.lease, count);
    if (what === 'stop') await machine.lease.release();
    if (what === 'die' || what === 'stop') machine.lease = this.#start(machine.own);
    if (what !== 'wait' && what !== 'set clock' && what !== 'make') await machine.lease.renew().catch(ignoreFault);
  }

  #start(clock: SkewedClock): NodeLease {
    this.#started += 1;
    const ports = { leases: this.#leases, nodeMarks: this.#nodeMarks, store: this.#store, clock };
    const random = () => this.random();
    return new NodeLease(ports, { holder: `${this.#started}`, ttlMs: 15 * MINUTE, numbers: NUMBERS, random });
  }

  #make({ newId }: NodeLease, count: number): void {
    try {
      for (let n = 0; n < count; n += 1) {
        const id = newId();
        if (this.ids.has(id)) expect.fail(`${id} was made twice`);
        this.ids.add(id);
      }
    } catch (error) {
      ignoreFault(error);
    }
  }
}

function ignoreFault(error: unknown): void {
  if (!isFault(error)) throw error;
}

it('no id is ever made twice, whichever processes sleep, die or have their clocks set', {
  timeout: 60_000,
}, async () => {
  let made = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fc.array(fc.nat(999)), async (steps, draws) => {
      let drawn = 0;
      const installation = new Installation(() => (draws[drawn++ % draws.length] ?? 0) / 1000);
      for (let n = 0; n < MACHINES; n += 1) await installation.run({ what: 'renew', who: n, count: 0 });
      for (const each of steps) await installation.run(each);
      made += installation.ids.size;
    }),
    { numRuns: 40 },
  );
  expect(made).toBeGreaterThan(0);
});
