import { Subject } from 'rxjs';
import type { News, NewsItem } from '../../ports/news.ts';

/**
 * News where one process is all there is. Told after the teller's turn, as news that came from elsewhere would be, so
 * that whoever looks on never holds up a purchase.
 */
export function createInProcessNews(): News {
  const items = new Subject<NewsItem>();
  return {
    tell: (item) => queueMicrotask(() => items.next(item)),
    news$: items.asObservable(),
  };
}
