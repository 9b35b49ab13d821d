import { isFault } from '../domain/errors.ts';
import { isRunning, type Sale } from '../domain/sale.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { inChunks } from './in-chunks.ts';

export interface ApplyChangesPorts {
  readonly queue: Pick<TicketQueue, 'update'>;
  /** The same array until a sale changes. */
  readonly sales: () => Promise<readonly Sale[]>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface ChangeFault {
  readonly saleId: string;
  readonly fault: unknown;
}

/**
 * A change whose caller was told that the outcome is unknown may be stored after the sale has ended: within seconds, or minutes
 * where the database was unavailable.
 */
const ENDED_WITHIN_MS = 3_600_000;

/** Sales that are updated concurrently. */
const CONCURRENCY = 32;

/**
 * Makes a function that brings the ticket queue up to the catalogue's version of each sale that is public and has not ended,
 * or has just ended: it finishes what a process began that died between the two; see steer-sale.ts. The queue is asked once for each version of a
 * sale, again only after a failure. Returns the failures, without those of sales that are being rebuilt: a recovery reports
 * itself, and rebuilds from the catalogue. Errors: those of `sales`.
 */
export function applyChanges({ queue, sales, clock }: ApplyChangesPorts): () => Promise<readonly ChangeFault[]> {
  /** By id: the version that the queue is known to have. */
  const applied = new Map<string, number>();
  let done: readonly Sale[] | undefined;

  const apply = async (sale: Sale): Promise<ChangeFault | undefined> => {
    try {
      const updated = await queue.update({ ...sale, paused: sale.status === 'paused' });
      if (updated === 'updated') applied.set(sale.id, sale.version);
      return undefined;
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      return fault.code === 'fenced' ? undefined : { saleId: sale.id, fault };
    }
  };

  return async () => {
    const all = await sales();
    if (all === done) return [];
    const now = clock.now();
    const open = all.filter((sale) => isRunning(sale) && now < sale.closesAt + ENDED_WITHIN_MS);
    const changed = open.filter(({ id, version }) => applied.get(id) !== version);
    const faults: ChangeFault[] = [];
    for await (const some of inChunks(changed, CONCURRENCY)) {
      for (const fault of await Promise.all(some.map(apply))) if (fault !== undefined) faults.push(fault);
    }
    const ids = new Set(open.map(({ id }) => id));
    for (const id of applied.keys()) if (!ids.has(id)) applied.delete(id);
    if (changed.every(({ id, version }) => applied.get(id) === version)) done = all;
    return faults;
  };
}
