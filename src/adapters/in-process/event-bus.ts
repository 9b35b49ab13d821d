import { Subject } from 'rxjs';
import type { BusEvent, EventBus } from '../../ports/event-bus.ts';

/**
 * The event bus of an installation that is one process. Events are delivered after the publisher's turn, as they would be
 * from another process, so that subscribers never delay a purchase.
 */
export function createInProcessEventBus(): EventBus {
  const events = new Subject<BusEvent>();
  return {
    publish: (event) => queueMicrotask(() => events.next(event)),
    events$: events.asObservable(),
  };
}
