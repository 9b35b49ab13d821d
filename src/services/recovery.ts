import { fingerprintOf } from '../domain/purchase.ts';
import { isListed, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type {
  KnownOrder,
  QueueRecovery,
  RebuiltSale,
  RecoveryOutcome,
  RecoveryProgress,
} from '../ports/queue-recovery.ts';
import type { Timers } from '../ports/timers.ts';
import { poll } from '../resilience/poll.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { prefetch } from './prefetch.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface RecoveryPorts extends SaleListeners {
  readonly recovery: QueueRecovery;
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly log: Pick<OrderLog, 'appendFence'>;
  readonly store: Pick<OrderStore, 'fencePassed' | 'booked'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly wait: Timers['wait'];
}

export interface RecoveryOptions {
  /** No front answers 2xx later than this after it asked the queue, milliseconds. */
  readonly deadlineMs: number;
  /** The consumer group that stores orders. */
  readonly group: string;
  /** Aborted when another process may have taken over: the recovery ends at its next step. */
  readonly signal: AbortSignal;
  /** Called as each step begins. */
  readonly onStep?: (step: RecoveryProgress) => void;
}

/**
 * An old master that is cut off from its replicas refuses writes after 2 seconds (min-replicas-max-lag), plus the second
 * between two of its checks. A front that still reaches it has read the new epoch by then: it serves a sale from memory
 * for 2.5 seconds.
 */
const OLD_MASTER_MS = 3000;

/** How often the store is asked how far the workers are: a cheap query, while buyers wait. */
const POLL_EVERY_MS = 50;

/** Tickets per query of the store: about 10,000 orders at most, even when each ticket was sold twice. */
const TICKETS_PER_QUERY = 5000;

/**
 * Rebuilds a lost sale so that no confirmed order is lost and no ticket is sold twice. docs/recovery.md
 * has the proof.
 *
 * | step | a leader that dies after it leaves | the next leader |
 * |---|---|---|
 * | 1. the epoch is raised in the catalogue | a queue that is still lost, and fronts whose calls would be stale | does everything, one epoch later |
 * | 2. the sale is sealed in the queue | the same; nothing of an older epoch can be decided or rebuilt any more | does the same |
 * | 3. the deadline is waited out: each 2xx is in the log | the same | does the same |
 * | 4. fences are written to the log, in all partitions or some | valid fences: the epochs before them have ended | writes its own, of a greater epoch |
 * | 5. the workers have passed them: each 2xx is in the store | the same | does the same |
 * | 6. the sale is rebuilt beside what is left of it | a partly built sale that no call reads | drops it |
 * | 7. it replaces what was there, in one step | a sound sale of the catalogue's epoch | finds nothing lost |
 *
 * A leader that was only slow goes on beside the next one, with the smaller epoch: its fences have no effect, and its
 * seal and rebuild are rejected once the other has sealed. What it rebuilt before that is sealed again, and what was sold
 * from it meanwhile passes the deadline, the fences and the workers like everything else.
 *
 * Errors: Faults of the ports (what was done remains; start again), the signal's reason.
 */
export async function recoverSale(
  saleId: string,
  ports: RecoveryPorts,
  { deadlineMs, group, signal, onStep }: RecoveryOptions,
): Promise<RecoveryOutcome> {
  const { recovery, log, store, clock, wait } = ports;
  const since = clock.monotonic();
  const { raised } = await raiseEpoch(saleId, ports);
  if (raised === undefined) return { kind: 'notLost' };
  notifySaleChanged(saleId, ports);
  const { epoch } = raised;
  const begin = (step: RecoveryProgress['step']) => {
    signal.throwIfAborted();
    onStep?.({ saleId, epoch, step });
  };

  const target: RebuiltSale = {
    ...raised,
    closed: raised.status === 'closed',
    paused: raised.status === 'paused',
  };
  const sealed = await recovery.seal(target);
  if (sealed.kind === 'superseded') return sealed;

  begin('waiting out the deadline');
  await wait(deadlineMs + (sealed.replicated ? OLD_MASTER_MS : 0));

  begin('writing fences');
  const partitions = await log.appendFence(saleId, epoch);

  begin('waiting for the workers');
  const until = (passed: number) => passed >= partitions;
  const fencePassed = () => store.fencePassed(group, saleId, epoch);
  await poll(fencePassed, { until, everyMs: POLL_EVERY_MS, clock, wait, signal });

  begin('rebuilding');
  // A slow leader may be here when the sale was recovered by another one, and has been archived since.
  if ((await ports.catalogue.sale(saleId))?.status === 'archived') return { kind: 'notLost' };
  const rebuilt = await recovery.rebuild(target, prefetch(ordersOf(raised, store)));
  if (rebuilt.kind === 'superseded') return rebuilt;
  notifySaleChanged(saleId, ports);
  const { held, survivors } = rebuilt;
  return { kind: 'recovered', epoch, held, survivors, tookMs: clock.monotonic() - since };
}

/**
 * Whether the queue has lost the sale. A sale that is being published has nothing to lose unless its fence closed, and one
 * that is archived has been removed, or soon is.
 */
export async function isLost(
  sale: Pick<Sale, 'id' | 'epoch' | 'status'>,
  recovery: Pick<QueueRecovery, 'state'>,
): Promise<boolean> {
  if (sale.status === 'archived') return false;
  const state = await recovery.state(sale.id, sale.epoch);
  return state === 'lost' || (state === 'unknown' && isListed(sale));
}

function raiseEpoch(
  saleId: string,
  { catalogue, recovery }: Pick<RecoveryPorts, 'catalogue' | 'recovery'>,
): Promise<{ readonly raised?: Sale }> {
  return retryOnConflict(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined || !(await isLost(sale, recovery))) return {};
    const raised: Sale = { ...sale, epoch: sale.epoch + 1, version: sale.version + 1 };
    return (await catalogue.saveSale(raised)) ? { raised } : undefined;
  });
}

async function* ordersOf(
  { id, total }: Pick<Sale, 'id' | 'total'>,
  store: Pick<OrderStore, 'booked'>,
): AsyncGenerator<readonly KnownOrder[]> {
  for (let first = 1; first <= total; first += TICKETS_PER_QUERY) {
    const booked = await store.booked(id, first, first + TICKETS_PER_QUERY - 1);
    yield booked.map((order) => ({ ...order, fingerprint: fingerprintOf(order.tickets.length) }));
  }
}
