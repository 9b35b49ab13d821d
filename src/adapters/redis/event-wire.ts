import type { BusEvent } from '../../ports/event-bus.ts';

/** What one turn told, in its order, as JSON: an array of items. */
export function encodeEvents(items: readonly BusEvent[]): string {
  return JSON.stringify(items);
}

/** What can't be read is left out: another release may tell what this one doesn't know. */
export function decodeEvents(text: string): readonly BusEvent[] {
  let items: unknown;
  try {
    items = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(items) ? items.filter(isItem) : [];
}

function isItem(value: unknown): value is BusEvent {
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
    default:
      return false;
  }
}

/** The fields by which a listener finds the order's followers; the rest is passed on as it was told. */
function isOrder(value: unknown): boolean {
  return isRecord(value) && [value.id, value.saleId, value.userId, value.state].every((id) => typeof id === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
