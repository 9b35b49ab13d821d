import { Fault } from '../domain/errors.ts';
import { MAX_AMOUNT } from '../domain/money.ts';
import { gateOf, isPublic, MAX_TOTAL, type Sale } from '../domain/sale.ts';
import type { Catalogue, SaleAction, SaleChange } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { InvalidSettings, SettingError } from './invalid-settings.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { saleChange } from './sale-history.ts';

export interface SteerPorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale' | 'saleChange'>;
  readonly queue: Pick<TicketQueue, 'update'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Who changes a sale, and of which versions. */
export interface AdminCommand {
  /** The admin's user id. */
  readonly by: string;
  /** Without them the change applies to whatever version is stored. */
  readonly expected?: readonly number[] | undefined;
  /** A repetition with the same key changes nothing. */
  readonly key?: string | undefined;
}

export type SteerOutcome =
  /** The sale is as it was asked to be, by this call or an earlier one. */
  | { readonly kind: 'changed'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  /** The stored version is not the expected one. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'notPublished' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'archived' }
  /** The key was used for another change of the sale. */
  | { readonly kind: 'keyMismatch' }
  | InvalidSettings;

interface Act {
  readonly action: SaleAction;
  readonly command: AdminCommand;
  /** The settings that are to change, none of them if the sale is as it should be already. */
  readonly decide: (sale: Sale, now: number) => Partial<Sale> | InvalidSettings;
  /** Whether an earlier change with this command's key is the same. */
  readonly repeats?: (earlier: SaleChange) => boolean;
}

/**
 * Changes a published sale, which the ticket queue has. The catalogue is changed first, the queue to what the catalogue has
 * then, and the answer follows both: from then on it is in force on every front. A crash in between leaves a sale that the
 * queue has of an older version; the next call or the scheduler (apply-changes.ts) finishes it, whatever the change was.
 * Idempotent. Errors: those of catalogue and queue; Fault `fenced` while the queue is being rebuilt, from the catalogue.
 */
async function steerSale(
  saleId: string,
  ports: SteerPorts,
  { action, command, decide, repeats }: Act,
): Promise<SteerOutcome> {
  const { catalogue, clock } = ports;
  const { by, expected, key } = command;
  const outcome = await retryOnConflict<SteerOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    const earlier = key === undefined ? undefined : await catalogue.saleChange(saleId, key);
    if (earlier !== undefined) return repeats?.(earlier) ? { kind: 'changed', sale } : { kind: 'keyMismatch' };
    const now = clock.now();
    const refusal = refusalOf(sale, now);
    if (refusal !== undefined) return refusal;
    const settings = decide(sale, now);
    if ('kind' in settings) return settings;
    if (Object.keys(settings).length === 0) return { kind: 'changed', sale };
    if (expected?.includes(sale.version) === false) return { kind: 'stale' };
    const changed: Sale = { ...sale, ...settings, version: sale.version + 1 };
    const change = saleChange(action, sale, changed, { by, at: now, key });
    return (await catalogue.saveSale(changed, change)) ? { kind: 'changed', sale: changed } : undefined;
  });
  if (outcome.kind !== 'changed') return outcome;
  notifySaleChanged(saleId, ports);
  const sale = await applyToQueue(saleId, ports);
  // Fronts that read the queue's figures between the two learn of it now.
  notifySaleChanged(saleId, ports);
  return { kind: 'changed', sale };
}

export function pauseSale(saleId: string, ports: SteerPorts, command: AdminCommand): Promise<SteerOutcome> {
  const decide = ({ status }: Sale): Partial<Sale> => (status === 'paused' ? {} : { status: 'paused' });
  return steerSale(saleId, ports, { action: 'paused', command, decide });
}

export function resumeSale(saleId: string, ports: SteerPorts, command: AdminCommand): Promise<SteerOutcome> {
  const decide = ({ status }: Sale): Partial<Sale> => (status === 'published' ? {} : { status: 'published' });
  return steerSale(saleId, ports, { action: 'resumed', command, decide });
}

/** Moves the end of a sale to a later time. */
export function extendSale(
  saleId: string,
  ports: SteerPorts,
  command: AdminCommand & { readonly closesAt: number },
): Promise<SteerOutcome> {
  const { closesAt } = command;
  const decide = (sale: Sale, now: number) => {
    if (closesAt <= now) return invalid('closesAt', 'must be in the future');
    if (closesAt < sale.closesAt) return invalid('closesAt', 'must not be earlier than before');
    return closesAt === sale.closesAt ? {} : { closesAt };
  };
  return steerSale(saleId, ports, { action: 'extended', command, decide });
}

/**
 * Adds tickets to a sale, numbered on from the last one. A repetition adds nothing if it has the same key, or one expected
 * version.
 */
export function addStock(
  saleId: string,
  ports: SteerPorts,
  command: AdminCommand & { readonly quantity: number },
): Promise<SteerOutcome> {
  const { quantity } = command;
  const decide = (sale: Sale) => {
    const total = sale.total + quantity;
    if (total > MAX_TOTAL) return invalid('quantity', `must leave the sale at most ${MAX_TOTAL} tickets`);
    if (sale.price.amount > MAX_AMOUNT / total) {
      return invalid('quantity', `all tickets together must not cost more than ${MAX_AMOUNT}`);
    }
    return { total };
  };
  const repeats = ({ action, changes: [change] }: SaleChange) =>
    action === 'stock_added' && change !== undefined && Number(change.to) - Number(change.from) === quantity;
  return steerSale(saleId, ports, { action: 'stock_added', command, decide, repeats });
}

function invalid(setting: SettingError['setting'], message: string): InvalidSettings {
  return { kind: 'invalid', errors: [{ setting, message }] };
}

function refusalOf(sale: Sale, now: number): SteerOutcome | undefined {
  if (!isPublic(sale)) return { kind: 'notPublished' };
  if (sale.status === 'archived') return { kind: 'archived' };
  const gate = gateOf(sale, now);
  return gate === 'closed' || gate === 'ended' ? { kind: gate } : undefined;
}

/** A recovery that has raised the sale's epoch meanwhile has raised its version, too: then it is read again. */
function applyToQueue(saleId: string, { catalogue, queue }: SteerPorts): Promise<Sale> {
  return retryOnConflict(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) throw new Fault('corrupt', `the sale ${saleId} has disappeared`);
    // A repetition of a change that an archived sale had before: its queue has been freed.
    if (sale.status === 'archived') return sale;
    const updated = await queue.update({ ...sale, paused: sale.status === 'paused' });
    if (updated === 'unknownSale' && (await catalogue.sale(saleId))?.status === 'archived') return undefined;
    if (updated === 'unknownSale') throw new Fault('fenced', `the ticket queue does not know the sale ${saleId}`);
    return updated === 'stale' ? undefined : sale;
  });
}
