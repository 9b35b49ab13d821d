import type { LoggedReservation, ReservationsRecord } from '../domain/log-record.ts';
import { isAscending } from '../domain/order.ts';

type Rest = Omit<LoggedReservation, 'tickets'>;

/**
 * An item as the log has it: with the only ticket, or with all of several; what is undefined is not written. Most items have
 * one ticket, and the log consists of items: an array would make it longer.
 */
export interface WireItem extends Rest {
  readonly ticket: number | undefined;
  readonly tickets: readonly number[] | undefined;
}

/** A record of reservations as the log has it. */
export type WireReservations = Omit<ReservationsRecord, 'items'> & { readonly items: readonly WireItem[] };

export function toWireItem(
  { orderId, userId, key, requestId }: Omit<Rest, 'reservedAt'>,
  tickets: readonly number[],
  reservedAt: number,
): WireItem {
  const isOne = tickets.length === 1;
  return {
    orderId,
    ticket: isOne ? tickets[0] : undefined,
    tickets: isOne ? undefined : tickets,
    userId,
    key,
    reservedAt,
    requestId,
  };
}

/** What an item has of tickets: exactly one of the two, but for a damaged one. */
export type MaybeItem = Rest & { readonly ticket?: number; readonly tickets?: readonly number[] };

/** Undefined if it is not clear which tickets the item has. `tickets`, if there are any, are two or more. */
export function fromWireItem(item: MaybeItem): LoggedReservation | undefined {
  const { orderId, ticket, tickets, userId, key, reservedAt, requestId } = item;
  if (ticket === undefined ? tickets === undefined || !isAscending(tickets) : tickets !== undefined) return undefined;
  return { orderId, tickets: tickets ?? [ticket as number], userId, key, reservedAt, requestId };
}
