import type { Static } from '@sinclair/typebox';
import { NewProductSchema } from '../api/catalogue/schema.ts';
import { validator } from '../api/http/validate.ts';
import { NewSaleSchema } from '../api/sales/admin-schema.ts';
import { newSaleOf } from '../api/sales/new-sale.ts';
import type { SaleCommands } from '../app/commands/sale-admin.ts';
import { Fault } from '../domain/errors.ts';
import { isSaleId } from '../domain/ids.ts';
import { invalidSettings, numberIn } from './sale-actions.ts';

export interface CreateOptions {
  readonly id?: string;
  readonly product?: string;
  readonly 'product-name'?: string;
  readonly title?: string;
  readonly price?: string;
  readonly currency?: string;
  readonly total?: string;
  readonly limit?: string;
  readonly opens?: string;
  readonly closes?: string;
  readonly 'pay-within'?: string;
}

/** The options as the API's request has them, by the names that its errors have. */
const OPTION_OF: Readonly<Record<string, keyof CreateOptions>> = {
  '/productId': 'product',
  '/title': 'title',
  '/price': 'price',
  '/price/amount': 'price',
  '/price/currency': 'currency',
  '/total': 'total',
  '/perBuyerLimit': 'limit',
  '/opensAt': 'opens',
  '/closesAt': 'closes',
  '/payWithinSeconds': 'pay-within',
};

const checkSale = validator('body', NewSaleSchema);
const checkProduct = validator('body', NewProductSchema);

/** Makes a draft, of a product that exists or of a new one. Errors: Fault `config` if an option is wrong. */
export async function createSale({ saleAdmin, products }: SaleCommands, options: CreateOptions): Promise<string> {
  const { id, product: productId, 'product-name': productName } = options;
  if (id !== undefined && !isSaleId(id)) throw new Fault('config', '--id is not a possible id of a sale');
  if ((productId === undefined) === (productName === undefined)) {
    throw new Fault('config', 'one of --product and --product-name is required');
  }
  // All is checked before a product is made for it; its id is not known before.
  const settings = settingsOf(options, productId ?? 'product_new');
  const made = productName === undefined ? undefined : await products.create(newProductOf(productName));
  const outcome = await saleAdmin.create(newSaleOf({ ...settings, productId: made?.id ?? settings.productId }), id);
  if (outcome.kind === 'created') return outcome.sale.id;
  if (made !== undefined) await products.remove(made.id);
  throw outcome.kind === 'taken' ? new Fault('config', `there is a sale ${id} already`) : invalidSettings(outcome);
}

function settingsOf(options: CreateOptions, productId: string): Static<typeof NewSaleSchema> {
  const { title = options['product-name'], price, currency, total, limit, opens, closes } = options;
  const payWithin = options['pay-within'];
  const given = {
    productId,
    title,
    price: { amount: price === undefined ? undefined : Number(price), currency },
    total: numberIn('total', total),
    ...(limit === undefined ? {} : { perBuyerLimit: numberIn('limit', limit) }),
    opensAt: opens,
    closesAt: closes,
    ...(payWithin === undefined ? {} : { payWithinSeconds: numberIn('pay-within', payWithin) }),
  };
  // As JSON has it: an option that is missing is no member.
  const checked = checkSale(JSON.parse(JSON.stringify(given)));
  if (checked.ok) return checked.value;
  const [error] = checked.errors;
  throw new Fault('config', `--${OPTION_OF[error?.path ?? ''] ?? error?.path} ${wordsOf(error?.message ?? '')}`);
}

/** A missing member is a missing option. */
function wordsOf(message: string): string {
  return message.startsWith('must have required property') ? 'is required' : message;
}

function newProductOf(name: string): Parameters<SaleCommands['products']['create']>[0] {
  const checked = checkProduct({ name });
  if (!checked.ok) throw new Fault('config', `--product-name ${checked.errors[0]?.message}`);
  return { name, description: '' };
}
