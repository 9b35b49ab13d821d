import { catchError, defer, EMPTY, exhaustMap, filter, merge, type Subscription, timer } from 'rxjs';
import type { Sales } from '../../services/sales.ts';
import type { Ports } from '../ports.ts';
import type { Runtime } from '../runtime.ts';

/**
 * As long as a sale is served from memory: a published sale is thus known in every process before its opening second.
 */
const EVERY_MS = 1000;

/** Keeps the public sales in memory, so that no buyer at an opening waits for the database, even an unavailable one. */
export function warmSales(
  sales: Pick<Sales, 'warm' | 'forget'>,
  { events }: Pick<Ports, 'events'>,
  { scheduler }: Pick<Runtime['timers'], 'scheduler'>,
  { onFailure, onRound }: { readonly onFailure: (error: unknown) => void; readonly onRound: () => void },
): Subscription {
  const changed$ = events.events$.pipe(filter((item) => item.type === 'sale'));
  const forgotten = changed$.subscribe(({ saleId }) => sales.forget(saleId));
  const warming = merge(timer(0, EVERY_MS, scheduler), changed$)
    .pipe(
      exhaustMap(() =>
        defer(() => sales.warm()).pipe(
          catchError((error: unknown) => {
            onFailure(error);
            return EMPTY;
          }),
        ),
      ),
    )
    .subscribe(onRound);
  warming.add(forgotten);
  return warming;
}
