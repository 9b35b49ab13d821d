import type { SaleReport } from '../../services/report.ts';
import { csvRow } from '../http/csv.ts';

/** Named as in JSON. */
const COLUMNS = [
  'saleId',
  'total',
  'remaining',
  'sold',
  'reserved',
  'paid',
  'expired',
  'cancelled',
  'rejected',
  'refunded',
  'mismatched',
  'revenue.amount',
  'revenue.currency',
  'captured.amount',
  'givenBack.amount',
] as const;

/** The figures of a report in one row, so that those of several sales make a table; without the timeline, which is another table. */
export function reportCsv({
  revenue,
  captured,
  givenBack,
  timeline: _timeline,
  timelineStepSeconds: _step,
  ...figures
}: SaleReport): string {
  const cells = {
    ...figures,
    'revenue.amount': revenue.amount,
    'revenue.currency': revenue.currency,
    'captured.amount': captured.amount,
    'givenBack.amount': givenBack.amount,
  };
  return csvRow(COLUMNS) + csvRow(COLUMNS.map((name) => cells[name]));
}
