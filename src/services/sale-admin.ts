import { MAX_AMOUNT } from '../domain/money.ts';
import { isRunning, type Sale } from '../domain/sale.ts';
import type { Catalogue, Product, SaleHistoryEntry, SaleHistoryQuery } from '../ports/catalogue.ts';
import { type ArchiveOutcome, type ArchivePorts, archiveSale } from './archive-sale.ts';
import { type CloseOutcome, type ClosePorts, closeSale } from './close-sale.ts';
import type { InvalidSettings, SettingError } from './invalid-settings.ts';
import { notifySaleChanged } from './notify-sale.ts';
import { type Page, readPage } from './page.ts';
import { type PublishOutcome, type PublishPorts, publishSale } from './publish.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { saleChange } from './sale-history.ts';
import {
  type AdminCommand,
  addStock,
  extendSale,
  pauseSale,
  resumeSale,
  type SteerOutcome,
  type SteerPorts,
} from './steer-sale.ts';

/** The settings of a sale that an admin decides on. */
export type SaleSettings = Pick<
  Sale,
  'productId' | 'title' | 'price' | 'total' | 'perBuyerLimit' | 'opensAt' | 'closesAt' | 'payWithinSeconds'
>;

/** Without a description or an image of its own a sale gets those that its product has at the time. */
export type NewSale = SaleSettings & { readonly description?: string; readonly imageUrl?: string };

export type SaleChanges = Partial<SaleSettings> & {
  readonly description?: string;
  /** Null removes it. */
  readonly imageUrl?: string | null;
};

export type CreateOutcome =
  | { readonly kind: 'created'; readonly sale: Sale }
  /** There is a sale of the chosen id. */
  | { readonly kind: 'taken' }
  | InvalidSettings;

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly sale: Sale }
  | { readonly kind: 'unknown' }
  /** The stored version is not the expected one. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'notDraft' }
  | InvalidSettings;

export type RemoveOutcome =
  | { readonly kind: 'removed' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'notDraft' };

/** Its cursor is the version before which the next page begins. */
export type SaleHistory = Page<SaleHistoryEntry, number>;

export type SaleAdminPorts = PublishPorts &
  ClosePorts &
  SteerPorts &
  ArchivePorts & {
    readonly catalogue: Pick<Catalogue, 'addSale' | 'removeDraft' | 'product' | 'saleHistory'>;
    /** Makes the variable part of an id; ids sort by time. */
    readonly newId: () => string;
  };

const FIRST_EPOCH = 1;

/**
 * An admin's operations on sales, from draft to archived. A product may be removed while a sale of it is being created: the
 * sale has its own copy of the product's texts.
 */
export class SaleAdmin {
  constructor(private readonly ports: SaleAdminPorts) {}

  /** A draft, of the chosen id or of a new one. */
  async create(fresh: NewSale, id?: string): Promise<CreateOutcome> {
    const product = await this.ports.catalogue.product(fresh.productId);
    const errors = errorsOf(fresh, product);
    if (product === undefined || errors.length > 0) return { kind: 'invalid', errors };
    const { description = product.description, imageUrl = product.imageUrl, ...settings } = fresh;
    for (;;) {
      const sale: Sale = {
        id: id ?? `sale_${this.ports.newId()}`,
        ...settings,
        description,
        ...(imageUrl === undefined ? {} : { imageUrl }),
        status: 'draft',
        epoch: FIRST_EPOCH,
        version: 1,
      };
      if (!(await this.ports.catalogue.addSale(sale))) {
        if (id !== undefined) return { kind: 'taken' };
        continue;
      }
      notifySaleChanged(sale.id, this.ports);
      return { kind: 'created', sale };
    }
  }

  /**
   * Changes a draft, or the texts and the picture of a published sale that is not closed. Without `expected` versions the change applies to
   * whatever version is stored.
   */
  async change(
    saleId: string,
    changes: SaleChanges,
    { expected, by }: Partial<AdminCommand> = {},
  ): Promise<ChangeOutcome> {
    const { catalogue, clock } = this.ports;
    const outcome = await retryOnConflict<ChangeOutcome>(async () => {
      const found = await catalogue.sale(saleId);
      if (found === undefined) return { kind: 'unknown' };
      if (found.status !== 'draft' && !mayEdit(found, changes)) return { kind: 'notDraft' };
      if (expected?.includes(found.version) === false) return { kind: 'stale' };
      const sale = changed(found, changes);
      // A draft whose product was removed meanwhile can still be changed otherwise.
      const product = sale.productId === found.productId ? UNCHANGED : await catalogue.product(sale.productId);
      const errors = errorsOf(sale, product);
      if (errors.length > 0) return { kind: 'invalid', errors };
      const change = by === undefined ? undefined : saleChange('changed', found, sale, { by, at: clock.now() });
      return (await catalogue.saveSale(sale, change)) ? { kind: 'changed', sale } : undefined;
    });
    if (outcome.kind === 'changed') notifySaleChanged(saleId, this.ports);
    return outcome;
  }

  /** Deletes a draft; its product is free again. */
  async remove(saleId: string, { by, expected }: AdminCommand): Promise<RemoveOutcome> {
    const { catalogue, clock } = this.ports;
    const outcome = await retryOnConflict<RemoveOutcome>(async () => {
      const sale = await catalogue.sale(saleId);
      if (sale === undefined) return { kind: 'unknown' };
      if (sale.status !== 'draft') return { kind: 'notDraft' };
      if (expected?.includes(sale.version) === false) return { kind: 'stale' };
      return (await catalogue.removeDraft(sale, { by, at: clock.now() })) ? { kind: 'removed' } : undefined;
    });
    if (outcome.kind === 'removed') notifySaleChanged(saleId, this.ports);
    return outcome;
  }

  pause(saleId: string, command: AdminCommand): Promise<SteerOutcome> {
    return pauseSale(saleId, this.ports, command);
  }

  resume(saleId: string, command: AdminCommand): Promise<SteerOutcome> {
    return resumeSale(saleId, this.ports, command);
  }

  extend(saleId: string, command: AdminCommand & { readonly closesAt: number }): Promise<SteerOutcome> {
    return extendSale(saleId, this.ports, command);
  }

  addStock(saleId: string, command: AdminCommand & { readonly quantity: number }): Promise<SteerOutcome> {
    return addStock(saleId, this.ports, command);
  }

  archive(saleId: string, command: AdminCommand): Promise<ArchiveOutcome> {
    return archiveSale(saleId, this.ports, command);
  }

  /** Newest first; undefined for an unknown sale. */
  async history(query: SaleHistoryQuery): Promise<SaleHistory | undefined> {
    const { catalogue } = this.ports;
    if ((await catalogue.sale(query.saleId)) === undefined) return undefined;
    return readPage(
      query.limit,
      (limit) => catalogue.saleHistory({ ...query, limit }),
      ({ version }) => version,
    );
  }

  publish(saleId: string, by?: string): Promise<PublishOutcome> {
    return publishSale(saleId, this.ports, by);
  }

  close(saleId: string, by?: string): Promise<CloseOutcome> {
    return closeSale(saleId, this.ports, by === undefined ? undefined : { by, at: this.ports.clock.now() });
  }
}

/** What may change in a sale that buyers see: nothing that an order depends on. */
const EDITABLE: ReadonlySet<string> = new Set(['title', 'description', 'imageUrl'] satisfies (keyof SaleChanges)[]);

function mayEdit(sale: Sale, changes: SaleChanges): boolean {
  return isRunning(sale) && Object.keys(changes).every((name) => EDITABLE.has(name));
}

const UNCHANGED = 'unchanged';

/** Violations that the schema of a single field can't express. */
function errorsOf(settings: SaleSettings, product: Product | typeof UNCHANGED | undefined): readonly SettingError[] {
  const errors: SettingError[] = [];
  if (product === undefined) errors.push({ setting: 'productId', message: 'names no product' });
  if (settings.perBuyerLimit > settings.total) {
    errors.push({ setting: 'perBuyerLimit', message: 'must not be more than total' });
  }
  if (settings.closesAt <= settings.opensAt)
    errors.push({ setting: 'closesAt', message: 'must be later than opensAt' });
  if (settings.price.amount > MAX_AMOUNT / settings.total) {
    errors.push({ setting: 'price', message: `must not be more than ${MAX_AMOUNT} for all tickets together` });
  }
  return errors;
}

function changed({ imageUrl: oldUrl, ...sale }: Sale, { imageUrl = oldUrl, ...changes }: SaleChanges): Sale {
  return { ...sale, ...changes, ...(imageUrl ? { imageUrl } : {}), version: sale.version + 1 };
}
