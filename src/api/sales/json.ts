import type { Phase, Sale } from '../../domain/sale.ts';
import type { SaleView } from '../../services/sales.ts';
import { serialiser } from '../http/serialise.ts';
import { createTimeText } from '../http/time-text.ts';
import { type SaleJson, SalePageSchema, SaleSchema } from './schema.ts';

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

/** A sale's JSON without its time, as of these values. */
interface Written {
  readonly remaining: number;
  readonly phase: Phase;
  readonly before: string;
  readonly behind: string;
}

/**
 * Makes a writer of the bytes of {@link serialiseSale}: a sale that thousands look at is the same from one look to the
 * next but for the time, so the rest is kept until something in it changes.
 */
export function createSaleWriter(): (view: SaleView) => string {
  const written = new WeakMap<Sale, Written>();
  const timeText = createTimeText();

  return (view) => {
    const { sale, remaining, phase, serverTime } = view;
    let last = written.get(sale);
    if (last === undefined || last.remaining !== remaining || last.phase !== phase) {
      last = { remaining, phase, ...aroundTime(serialiseSale(view), timeText(serverTime)) };
      written.set(sale, last);
    }
    return last.before + timeText(serverTime) + last.behind;
  };
}

function aroundTime(json: string, time: string): Pick<Written, 'before' | 'behind'> {
  // A quote within a string is escaped, so a name between bare quotes and a colon is nothing but the field's.
  const at = json.indexOf(TIME_FIELD) + TIME_FIELD.length;
  return { before: json.slice(0, at), behind: json.slice(at + time.length) };
}

const TIME_FIELD = '"serverTime":"';

export function serialiseSalePage(items: readonly SaleView[], nextCursor: string | undefined): string {
  return writePage({ items: items.map(toSaleJson), ...(nextCursor === undefined ? {} : { nextCursor }) });
}
