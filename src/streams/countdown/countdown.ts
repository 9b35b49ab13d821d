import { Observable } from 'rxjs';
import type { BusEvent } from '../../ports/event-bus.ts';
import {
  type CountdownOptions,
  type CountdownPorts,
  countdownDefaults,
  SaleCountdown,
  type StockFrame,
} from './sale-countdown.ts';

export type CountdownInput =
  /** From other processes, and from what this one's own purchases have seen. */
  | Extract<BusEvent, { type: 'stock' | 'sale' }>
  /** The first of this process began to look at the sale, or the last one stopped. */
  | { readonly type: 'watch' | 'unwatch'; readonly saleId: string };

/**
 * Stock, phase and clock of the sales that somebody watches -> one conflated frame per sale.
 *
 * A frame follows a change at once, unless there was another less than `frameMs` ago: then it waits, and the newest state
 * goes out. The last state is never lost. A sale that opens or ends says so at that very moment by the server's clock. A
 * fault of a read ends nothing: what is known stands, and the sale is read again with its next heartbeat.
 */
export function countdown(
  input$: Observable<CountdownInput>,
  ports: CountdownPorts,
  options: CountdownOptions = countdownDefaults,
): Observable<StockFrame> {
  return new Observable((subscriber) => {
    const watched = new Map<string, SaleCountdown>();

    const watch = (saleId: string) => {
      if (watched.has(saleId)) return;
      const sale = new SaleCountdown(saleId, ports, options, (frame) => subscriber.next(frame));
      watched.set(saleId, sale);
      sale.start();
    };

    const unwatch = (saleId: string) => {
      watched.get(saleId)?.stop();
      watched.delete(saleId);
    };

    const take = (input: CountdownInput) => {
      switch (input.type) {
        case 'stock':
          return watched.get(input.saleId)?.observe(input.stock);
        case 'sale':
          return watched.get(input.saleId)?.changed();
        case 'watch':
          return watch(input.saleId);
        case 'unwatch':
          return unwatch(input.saleId);
      }
    };

    subscriber.add(() => {
      for (const sale of watched.values()) sale.stop();
    });
    subscriber.add(
      input$.subscribe({
        next: take,
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  });
}
