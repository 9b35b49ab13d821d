import { Subject } from 'rxjs';
import type { BusEvent, EventBus } from '../../ports/event-bus.ts';

/**
 * News where one process is all there is. Told after the teller's turn, as events that came from elsewhere would be, so
 * that whoever looks on never holds up a purchase.
 */
export function createInProcessEventBus(): EventBus {
  const items = new Subject<BusEvent>();
  return {
    publish: (item) => queueMicrotask(() => items.next(item)),
    events$: items.asObservable(),
  };
}
