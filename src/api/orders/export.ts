import type { Order } from '../../domain/order.ts';
import { CSV_CONTENT_TYPE, CSV_TYPE, csvRow } from '../http/csv.ts';
import { serialiseOrder, toOrderJson } from './json.ts';

/** The types in which a search can be answered; the first has pages, the others all orders. */
export const ORDER_TYPES = ['application/json', CSV_TYPE, 'application/x-ndjson'] as const;

export type ExportType = Exclude<(typeof ORDER_TYPES)[number], 'application/json'>;

interface Format {
  readonly contentType: string;
  readonly extension: string;
  readonly begin: string;
  readonly row: (order: Order) => string;
}

/** Named as in JSON; tickets are separated by blanks. */
const COLUMNS = [
  'id',
  'saleId',
  'productId',
  'userId',
  'tickets',
  'quantity',
  'price.amount',
  'total.amount',
  'total.currency',
  'state',
  'reservedAt',
  'payBy',
  'paidAt',
  'endedAt',
  'refunded.amount',
  'rebookedAs',
  'rebookOf',
] as const;

export const FORMATS: Readonly<Record<ExportType, Format>> = {
  'text/csv': {
    contentType: CSV_CONTENT_TYPE,
    extension: 'csv',
    begin: csvRow(COLUMNS),
    row: (order) => {
      const { id, saleId, productId, userId, tickets, quantity, price, total, ...rest } = toOrderJson(order);
      const { state, reservedAt, payBy, paidAt, endedAt, refunded, rebookedAs, rebookOf } = rest;
      return csvRow([
        id,
        saleId,
        productId,
        userId,
        tickets.join(' '),
        quantity,
        price.amount,
        total.amount,
        total.currency,
        state,
        reservedAt,
        payBy,
        paidAt,
        endedAt,
        refunded?.amount,
        rebookedAs,
        rebookOf,
      ]);
    },
  },
  'application/x-ndjson': {
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    begin: '',
    row: (order) => `${serialiseOrder(order)}\n`,
  },
};

/** The text of an export: a piece for each page. */
export async function* exportText(
  pages: AsyncIterable<readonly Order[]>,
  { begin, row }: Pick<Format, 'begin' | 'row'>,
): AsyncGenerator<string> {
  let text = begin;
  for await (const page of pages) {
    for (const order of page) text += row(order);
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
