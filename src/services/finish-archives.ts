import { isFault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { ChangeFault } from './apply-changes.ts';
import { inChunks } from './in-chunks.ts';

export interface FinishArchivesPorts {
  readonly queue: Pick<TicketQueue, 'remove'>;
  /** Every sale, of any status. The same array until one changes. */
  readonly sales: () => Promise<readonly Sale[]>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface FinishArchivesOptions {
  /**
   * When a sale is removed for the second time, milliseconds after the first. A call that was under way when it was archived,
   * such as a step of a recovery that another one has overtaken, may write to the queue after the first removal; no call to
   * the queue takes as long as this.
   */
  readonly againAfterMs: number;
  /** Interval of later removals, milliseconds: a Redis that restarts without its last changes has the sale again. */
  readonly everyMs: number;
}

export const finishArchivesDefaults = {
  againAfterMs: 60_000,
  everyMs: 3_600_000,
} as const satisfies FinishArchivesOptions;

/** Sales that are removed concurrently. */
const CONCURRENCY = 32;

/**
 * Makes a function that removes archived sales from the ticket queue: it finishes what a process began that died after the
 * catalogue was changed; see archive-sale.ts. Each is removed several times, which hardly costs anything where nothing is left
 * of it. Returns the failures, which are retried. Errors: those of `sales`.
 */
export function finishArchives(
  { queue, sales, clock }: FinishArchivesPorts,
  { againAfterMs, everyMs }: FinishArchivesOptions = finishArchivesDefaults,
): () => Promise<readonly ChangeFault[]> {
  /** By id: when it is removed next, in monotonic milliseconds. */
  const dueAt = new Map<string, number>();
  let seen: readonly Sale[] | undefined;
  let nextAt = Number.NEGATIVE_INFINITY;

  const remove = async (saleId: string, now: number): Promise<ChangeFault | undefined> => {
    try {
      await queue.remove(saleId);
      dueAt.set(saleId, now + (dueAt.has(saleId) ? everyMs : againAfterMs));
      return undefined;
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      return { saleId, fault };
    }
  };

  return async () => {
    const all = await sales();
    const now = clock.monotonic();
    if (all === seen && now < nextAt) return [];
    const archived = all.filter(({ status }) => status === 'archived').map(({ id }) => id);
    const due = archived.filter((id) => (dueAt.get(id) ?? now) <= now);
    const faults: ChangeFault[] = [];
    for await (const some of inChunks(due, CONCURRENCY)) {
      for (const fault of await Promise.all(some.map((id) => remove(id, now)))) {
        if (fault !== undefined) faults.push(fault);
      }
    }
    nextAt = Number.POSITIVE_INFINITY;
    for (const id of archived) nextAt = Math.min(nextAt, dueAt.get(id) ?? now);
    seen = all;
    return faults;
  };
}
