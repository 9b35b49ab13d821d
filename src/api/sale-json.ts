import type { SaleView } from '../services/sales.ts';
import { type SaleJson, SalePageSchema, SaleSchema } from './sale-schema.ts';
import { serialiser } from './serialise.ts';
import { createTimeText } from './time-text.ts';

const opensAtText = createTimeText();
const closesAtText = createTimeText();
const serverTimeText = createTimeText();

const writeSale = serialiser(SaleSchema);
const writePage = serialiser(SalePageSchema);

export function toSaleJson({ sale, remaining, phase, serverTime }: SaleView): SaleJson {
  return {
    id: sale.id,
    productId: sale.productId,
    title: sale.title,
    description: sale.description,
    ...(sale.imageUrl === undefined ? {} : { imageUrl: sale.imageUrl }),
    price: sale.price,
    total: sale.total,
    remaining,
    perBuyerLimit: sale.perBuyerLimit,
    opensAt: opensAtText(sale.opensAt),
    closesAt: closesAtText(sale.closesAt),
    payWithinSeconds: sale.payWithinSeconds,
    phase,
    version: sale.version,
    serverTime: serverTimeText(serverTime),
  };
}

export function serialiseSale(view: SaleView): string {
  return writeSale(toSaleJson(view));
}

export function serialiseSalePage(items: readonly SaleView[], nextCursor: string | undefined): string {
  return writePage({ items: items.map(toSaleJson), ...(nextCursor === undefined ? {} : { nextCursor }) });
}
