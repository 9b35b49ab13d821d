import { Subject } from 'rxjs';
import type { News, NewsItem } from '../../../src/ports/news.ts';
import type { Process } from '../core/process.ts';
import type { World } from '../core/world.ts';

const LATENCY_MS = [0.1, 20] as const;

/** News between processes: at most once, and while `lost` of 1 is dropped. */
export class Newsroom {
  lost = 0;
  readonly #readers = new Set<(item: NewsItem) => void>();

  constructor(private readonly world: World) {}

  newsOf(process: Process): News {
    const news$ = new Subject<NewsItem>();
    const read = (item: NewsItem) => process.deliver(() => news$.next(item));
    this.#readers.add(read);
    process.onDeath(() => this.#readers.delete(read));
    return {
      news$,
      tell: (item) => {
        if (!process.alive) return;
        for (const reader of this.#readers) {
          if (this.world.random.chance(this.lost)) continue;
          this.world.after(this.world.random.between(...LATENCY_MS), () => reader(item));
        }
      },
    };
  }
}
