import type { News } from '../ports/news.ts';
import type { Sales } from './sales.ts';

/** Who wants to know that a sale's settings or status changed: this process's memory, and the other processes. */
export interface SaleWatchers {
  readonly sales?: Pick<Sales, 'forget'>;
  readonly news?: Pick<News, 'tell'>;
}

export function tellOfSale(saleId: string, { sales, news }: SaleWatchers): void {
  sales?.forget(saleId);
  news?.tell({ type: 'sale', saleId });
}
