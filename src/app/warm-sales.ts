import { catchError, defer, EMPTY, exhaustMap, filter, merge, type Subscription, timer } from 'rxjs';
import type { Sales } from '../services/sales.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';

/** As long as a sale is served from memory: so that a published one is known before its opening second, by all. */
const EVERY_MS = 1000;

/** Keeps the public sales in memory: the first buyer of an opening waits for no database, nor do those of a database that is away. */
export function warmSales(
  sales: Sales,
  { events }: Pick<Ports, 'events'>,
  { log }: Pick<Context, 'log'>,
): Subscription {
  const changed$ = events.events$.pipe(filter((item) => item.type === 'sale'));
  const forgotten = changed$.subscribe(({ saleId }) => sales.forget(saleId));
  const warming = merge(timer(0, EVERY_MS), changed$)
    .pipe(
      exhaustMap(() =>
        defer(() => sales.warm()).pipe(
          catchError((err: unknown) => {
            log.debug({ err }, 'the sales in memory are not refreshed');
            return EMPTY;
          }),
        ),
      ),
    )
    .subscribe();
  warming.add(forgotten);
  return warming;
}
