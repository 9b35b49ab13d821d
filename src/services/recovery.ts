import { PURCHASE_FINGERPRINT } from '../domain/purchase.ts';
import { isPublic, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { KnownOrder, QueueRecovery, RebuildResult, RebuiltSale } from '../ports/queue-recovery.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { optimistically } from './optimistic.ts';

export interface RecoveryPorts extends SaleListeners {
  readonly recovery: QueueRecovery;
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale'>;
  readonly log: Pick<OrderLog, 'appendFence'>;
  readonly store: Pick<OrderStore, 'fencePassed' | 'booked'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

export interface RecoveryOptions {
  /** No front writes a 2xx later than this after it asked the queue, milliseconds. */
  readonly deadlineMs: number;
  /** The consumer group that stores orders. */
  readonly group: string;
  /** Somebody else may do the work from now on: what is under way ends at its next step. */
  readonly signal: AbortSignal;
  /** Told when each step begins. */
  readonly onStep?: (step: RecoveryProgress) => void;
}

export interface RecoveryProgress {
  readonly saleId: string;
  readonly epoch: number;
  readonly step: 'waiting out the deadline' | 'writing fences' | 'waiting for the workers' | 'rebuilding';
}

export type RecoveryOutcome =
  | ({ readonly kind: 'recovered'; readonly epoch: number; readonly tookMs: number } & RebuildResult)
  /** It is sound, or there is no such sale. */
  | { readonly kind: 'notLost' }
  /** Another recovery went past this one, up to this epoch. */
  | { readonly kind: 'superseded'; readonly epoch: number };

/**
 * An old master that is cut off from its replicas refuses writes after 2 seconds (min-replicas-max-lag), give or take the
 * second between two looks. And a front that reaches it all the same has read the new epoch by then: it serves a sale from
 * memory for 2.5 seconds.
 */
const OLD_MASTER_MS = 3000;

/** How often the store is asked where the fences are: one cheap query, while buyers wait. */
const LOOK_EVERY_MS = 50;

/** Tickets of one look into the store: some 10,000 orders at the most, even when each was sold twice. */
const TICKETS_PER_LOOK = 5000;

/**
 * Rebuilds a lost sale so that nothing a buyer was told is lost and nothing is sold twice; recovery.md has the proof.
 *
 * | step | a leader that dies behind it leaves | what the next one does |
 * |---|---|---|
 * | 1. the epoch is raised in the catalogue | a queue that is lost still, and fronts whose calls would be stale | all of it, one epoch later |
 * | 2. the sale is sealed in the queue | the same; nothing of an older epoch can be decided or rebuilt any more | the same |
 * | 3. the deadline is waited out: each 2xx is in the log | the same | the same |
 * | 4. fences are written to the log, in all partitions or some | fences that are true: the epochs before them are over | writes its own, of a greater epoch |
 * | 5. the workers have passed them: each 2xx is in the store | the same | the same |
 * | 6. the sale is built beside what is left of it | a half-built sale that nobody sees | drops it |
 * | 7. it takes the place of what was there, in one step | a sound sale of the catalogue's epoch | finds nothing lost |
 *
 * A leader that only seemed dead goes on beside the next one. Its epoch is the lesser: its fences change nothing, and its
 * seal and rebuild are refused from the other's seal on. What it rebuilt before that seal is sealed again, and what was
 * sold from it in between is waited for as anything else is.
 *
 * Errors: Faults of the ports (what was done stands; begin anew), the signal's reason.
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

  const target: RebuiltSale = { ...raised, closed: raised.status === 'closed' };
  const sealed = await recovery.seal(target);
  if (sealed.kind === 'superseded') return sealed;

  begin('waiting out the deadline');
  await wait(deadlineMs + (sealed.replicated ? OLD_MASTER_MS : 0));

  begin('writing fences');
  const partitions = await log.appendFence(saleId, epoch);

  begin('waiting for the workers');
  while ((await store.fencePassed(group, saleId, epoch)) < partitions) {
    await wait(LOOK_EVERY_MS);
    signal.throwIfAborted();
  }

  begin('rebuilding');
  const rebuilt = await recovery.rebuild(target, ordersOf(raised, store));
  if (rebuilt.kind === 'superseded') return rebuilt;
  notifySaleChanged(saleId, ports);
  const { held, survivors } = rebuilt;
  return { kind: 'recovered', epoch, held, survivors, tookMs: clock.monotonic() - since };
}

/** Whether the queue lacks something of the sale. One that is being published has nothing to lose before it is closed. */
export async function isLost(
  sale: Pick<Sale, 'id' | 'epoch' | 'status'>,
  recovery: Pick<QueueRecovery, 'state'>,
): Promise<boolean> {
  const state = await recovery.state(sale.id, sale.epoch);
  return state === 'lost' || (state === 'unknown' && isPublic(sale));
}

function raiseEpoch(
  saleId: string,
  { catalogue, recovery }: Pick<RecoveryPorts, 'catalogue' | 'recovery'>,
): Promise<{ readonly raised?: Sale }> {
  return optimistically(async () => {
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
  const read = (first: number) => {
    const booked = store.booked(id, first, first + TICKETS_PER_LOOK - 1);
    // Awaited in its turn; if the queue fails before, nobody asks what became of it.
    booked.catch(() => undefined);
    return booked;
  };
  let next = read(1);
  for (let first = 1; first <= total; first += TICKETS_PER_LOOK) {
    const booked = await next;
    // Read while the queue takes over what was read before.
    if (first + TICKETS_PER_LOOK <= total) next = read(first + TICKETS_PER_LOOK);
    yield booked.map((order) => ({ ...order, fingerprint: PURCHASE_FINGERPRINT }));
  }
}
