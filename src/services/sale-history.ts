import type { Sale } from '../domain/sale.ts';
import type { SaleAction, SaleChange } from '../ports/catalogue.ts';

/** Of a sale's fields, those that admins decide on; a price is one text. */
const NAMES = [
  'productId',
  'title',
  'description',
  'imageUrl',
  'price',
  'total',
  'perBuyerLimit',
  'opensAt',
  'closesAt',
  'payWithinSeconds',
  'status',
] as const satisfies readonly (keyof Sale)[];

/** Who changes a sale, and when. */
export type ChangedBy = Pick<SaleChange, 'by' | 'at'> & {
  /** See SaleChange. */
  readonly key?: string | undefined;
};

export function saleChange(action: SaleAction, before: Sale, after: Sale, { by, at, key }: ChangedBy): SaleChange {
  return { action, at, by, changes: changedSettings(before, after), ...(key === undefined ? {} : { key }) };
}

/** The settings that differ, as the history has them. */
function changedSettings(before: Sale, after: Sale): SaleChange['changes'] {
  return NAMES.flatMap((name) => {
    const [from, to] = [settingOf(before, name), settingOf(after, name)];
    return from === to ? [] : [{ name, from, to }];
  });
}

function settingOf(sale: Sale, name: (typeof NAMES)[number]): string | number | null {
  if (name === 'price') return `${sale.price.amount} ${sale.price.currency}`;
  return sale[name] ?? null;
}
