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
  /** From other processes, and from this process' own purchases. */
  | Extract<BusEvent, { type: 'stock' | 'sale' }>
  /** This process got its first viewer of the sale, or lost its last one. */
  | { readonly type: 'watch' | 'unwatch'; readonly saleId: string };

/**
 * Stock, phase and clock of the sales with viewers -> one conflated frame per sale.
 *
 * A frame follows a change at once, unless the previous frame is less than `frameMs` old: then it waits, and the newest
 * state is sent. The last state is never lost. A frame is sent at the very moment at which a sale opens or ends, by the
 * server's clock. A failed read ends nothing: the last known state stays in use, and the sale is read again with its
 * next heartbeat.
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
