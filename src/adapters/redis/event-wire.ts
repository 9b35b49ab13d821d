import type { BusEvent } from '../../ports/event-bus.ts';

/** The events of one turn in their order, as a JSON array. */
export function encodeEvents(events: readonly BusEvent[]): string {
  return JSON.stringify(events);
}

/** Skips what it can't read: another release may publish events that this one does not know. */
export function decodeEvents(text: string): readonly BusEvent[] {
  let events: unknown;
  try {
    events = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(events) ? events.filter(isEvent) : [];
}

function isEvent(value: unknown): value is BusEvent {
  if (!isRecord(value)) return false;
  const { type, saleId, stock, orders, version } = value;
  switch (type) {
    case 'stock':
      return typeof saleId === 'string' && isRecord(stock) && isCount(stock.remaining) && isCount(stock.version);
    case 'sale':
      return typeof saleId === 'string';
    case 'orders':
      return Array.isArray(orders) && orders.every(isOrder);
    case 'settings':
      return isCount(version);
    case 'tokens':
      return true;
    default:
      return false;
  }
}

/** Checks the fields by which subscribers find the order's followers; the rest is passed on unchecked. */
function isOrder(value: unknown): boolean {
  return isRecord(value) && [value.id, value.saleId, value.userId, value.state].every((id) => typeof id === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
