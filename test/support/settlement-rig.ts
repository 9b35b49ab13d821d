import { Subject } from 'rxjs';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { DeadLetter, LogChunk } from '../../src/ports/order-log.ts';
import type { StoreBatch, StoreResult } from '../../src/ports/order-store.ts';
import { createFences } from '../../src/streams/settlement/fences.ts';
import { type SettledBatch, type SettlementOptions, settlement } from '../../src/streams/settlement/settlement.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';

const GROUP = 'settlement';

/** The settlement stream on a store that follows the port's rules, with hooks around all calls that can fail. */
export function settlementRig(changes: Partial<SettlementOptions> = {}) {
  const store = new MemoryOrderStore();
  const calls: StoreBatch[] = [];
  const letters: DeadLetter[] = [];
  const acked: [number, number][] = [];
  const settled: SettledBatch[] = [];
  const ends: unknown[] = [];
  const waits: number[] = [];
  const hooks = {
    store: (proceed: () => Promise<StoreResult>, _: StoreBatch): Promise<StoreResult> => proceed(),
    deadLetter: (proceed: () => Promise<void>): Promise<void> => proceed(),
  };
  const chunk$ = new Subject<LogChunk>();
  const fences = createFences(store, GROUP);
  const told: BusEvent[] = [];
  const ports = {
    store: {
      store: (batch: StoreBatch) => {
        calls.push(batch);
        return hooks.store(() => store.store(batch), batch);
      },
    },
    log: {
      deadLetter: (letter: DeadLetter) =>
        hooks.deadLetter(async () => {
          letters.push(letter);
        }),
    },
    fences,
    events: { publish: (item: BusEvent) => told.push(item) },
  };
  settlement(chunk$, ports, {
    group: GROUP,
    batchSize: 4,
    batchMs: 5,
    maxAttempts: 3,
    backoff: { baseMs: 100, capMs: 1000, random: () => 0, onRetry: (_, waitMs) => waits.push(waitMs) },
    ...changes,
  }).subscribe({
    next: (batch) => settled.push(batch),
    error: (error) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { store, fences, told, calls, letters, acked, settled, ends, waits, hooks, chunk$ };
}
