import { Fault } from '../domain/errors.ts';
import { gateOf, isPublic, type Sale } from '../domain/sale.ts';
import type { Catalogue, SaleAction } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { InvalidSettings } from './invalid-settings.ts';
import { notifySaleChanged, type SaleListeners } from './notify-sale.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { saleChange } from './sale-history.ts';

export interface SteerPorts extends SaleListeners {
  readonly catalogue: Pick<Catalogue, 'sale' | 'saveSale' | 'hasSaleChange'>;
  readonly queue: Pick<TicketQueue, 'update'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Who changes a sale, and of which versions. */
export interface AdminCommand {
  /** The admin's user id. */
  readonly by: string;
  /** Without them the change applies to whatever version is stored. */
  readonly expected?: readonly number[] | undefined;
  /** A later command with the same key changes nothing. */
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
  | InvalidSettings;

interface Act {
  readonly action: SaleAction;
  readonly command: AdminCommand;
  /** The settings that are to change, none of them if the sale is as it should be already. */
  readonly decide: (sale: Sale, now: number) => Partial<Sale> | InvalidSettings;
}

/**
 * Changes a published sale, which the ticket queue has. The catalogue is changed first, the queue to what the catalogue has
 * then, and the answer follows both: from then on it is in force on every front. A crash in between leaves a sale that the
 * queue has of an older version; the next call or the scheduler (apply-changes.ts) finishes it, whatever the change was.
 * Idempotent. Errors: those of catalogue and queue; Fault `fenced` while the queue is being rebuilt, from the catalogue.
 */
async function steerSale(saleId: string, ports: SteerPorts, { action, command, decide }: Act): Promise<SteerOutcome> {
  const { catalogue, clock } = ports;
  const { by, expected, key } = command;
  const outcome = await retryOnConflict<SteerOutcome>(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) return { kind: 'unknown' };
    if (key !== undefined && (await catalogue.hasSaleChange(saleId, key))) return { kind: 'changed', sale };
    const now = clock.now();
    const gate = gateOf(sale, now);
    if (!isPublic(sale)) return { kind: 'notPublished' };
    if (gate === 'closed' || gate === 'ended') return { kind: gate };
    const settings = decide(sale, now);
    if ('kind' in settings) return settings;
    if (Object.keys(settings).length === 0) return { kind: 'changed', sale };
    if (expected?.includes(sale.version) === false) return { kind: 'stale' };
    const changed: Sale = { ...sale, ...settings, version: sale.version + 1 };
    const change = { ...saleChange(action, sale, changed, { by, at: now }), ...(key === undefined ? {} : { key }) };
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

/** A recovery that has raised the sale's epoch meanwhile has raised its version, too: then it is read again. */
function applyToQueue(saleId: string, { catalogue, queue }: SteerPorts): Promise<Sale> {
  return retryOnConflict(async () => {
    const sale = await catalogue.sale(saleId);
    if (sale === undefined) throw new Fault('corrupt', `the sale ${saleId} has disappeared`);
    const updated = await queue.update({ ...sale, paused: sale.status === 'paused' });
    if (updated === 'unknownSale') throw new Fault('fenced', `the ticket queue does not know the sale ${saleId}`);
    return updated === 'stale' ? undefined : sale;
  });
}
