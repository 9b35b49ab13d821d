import { Subject } from 'rxjs';
import type { BusEvent, EventBus } from '../../../src/ports/event-bus.ts';
import type { Process } from '../core/process.ts';
import type { World } from '../core/world.ts';

const LATENCY_MS = [0.1, 20] as const;

/** Events between processes: delivered at most once, and a share `lost` of them not at all. */
export class SimulatedEventBus {
  lost = 0;
  readonly #readers = new Set<(item: BusEvent) => void>();

  constructor(private readonly world: World) {}

  busOf(process: Process): EventBus {
    const events$ = new Subject<BusEvent>();
    const read = (item: BusEvent) => process.deliver(() => events$.next(item));
    this.#readers.add(read);
    process.onDeath(() => this.#readers.delete(read));
    return {
      events$,
      publish: (item) => {
        if (!process.alive) return;
        for (const reader of this.#readers) {
          if (this.world.random.chance(this.lost)) continue;
          this.world.after(this.world.random.between(...LATENCY_MS), () => reader(item));
        }
      },
    };
  }
}
