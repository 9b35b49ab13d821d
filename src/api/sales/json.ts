import type { Phase, Sale } from '../../domain/sale.ts';
import type { SaleReport } from '../../services/report.ts';
import type { SaleView } from '../../services/sales.ts';
import { serialiser } from '../http/json.ts';
import { pageOf } from '../http/page.ts';
import { createTimeText } from '../http/time-text.ts';
import { ReportSchema } from './admin-schema.ts';
import { type SaleJson, SalePageSchema, SaleSchema } from './schema.ts';

const opensAtText = createTimeText();
const closesAtText = createTimeText();
const serverTimeText = createTimeText();
const secondText = createTimeText();

const writeSale = serialiser(SaleSchema);
const writePage = serialiser(SalePageSchema);
const writeReport = serialiser(ReportSchema);

function toSaleJson({ sale, remaining, phase, serverTime }: SaleView): SaleJson {
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

/** `next` is the id of the page's last sale when more may follow. */
export function serialiseSalePage(items: readonly SaleView[], next: string | undefined): string {
  return writePage(pageOf(items.map(toSaleJson), next));
}

export function serialiseReport({ timeline, ...report }: SaleReport): string {
  return writeReport({
    ...report,
    timeline: timeline.map(({ second, reserved }) => ({ second: secondText(second * 1000), reserved })),
  });
}

/** A sale's JSON around its server time, as of this stock and phase. */
interface CachedJson {
  readonly remaining: number;
  readonly phase: Phase;
  readonly before: string;
  readonly after: string;
}

/**
 * Makes a writer of the bytes of {@link serialiseSale}. Between two requests usually nothing but the server time changes,
 * so the rest is cached until the sale, its stock or its phase does.
 */
export function createSaleWriter(): (view: SaleView) => string {
  const cache = new WeakMap<Sale, CachedJson>();
  const timeText = createTimeText();

  return (view) => {
    const { sale, remaining, phase, serverTime } = view;
    let cached = cache.get(sale);
    if (cached === undefined || cached.remaining !== remaining || cached.phase !== phase) {
      cached = { remaining, phase, ...aroundTime(serialiseSale(view), timeText(serverTime)) };
      cache.set(sale, cached);
    }
    return cached.before + timeText(serverTime) + cached.after;
  };
}

const TIME_FIELD = '"serverTime":"';

function aroundTime(json: string, time: string): Pick<CachedJson, 'before' | 'after'> {
  // Quotes within a string are escaped, so a name in bare quotes followed by a colon is always the field itself.
  const at = json.indexOf(TIME_FIELD) + TIME_FIELD.length;
  return { before: json.slice(0, at), after: json.slice(at + time.length) };
}
