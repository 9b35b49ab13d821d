import { Fault } from '../../domain/errors.ts';
import type { StrandedReservation } from '../../ports/ticket-queue.ts';
import { ticketsIn } from './ticket-list.ts';

const ENTRY = /^(\d+(?:,\d+)*) (\d+) \d+ (\d+) (.*)$/s;

/** Reads `tickets reservedAt epoch userBytes user..key`, as reserve.lua wrote it. Errors: Fault `corrupt`. */
export function reservationOf(orderId: string, entry: string): StrandedReservation {
  const [, list, reservedAt, userBytes, rest] = ENTRY.exec(entry) ?? [];
  if (list === undefined || rest === undefined)
    throw new Fault('corrupt', `the ledger's entry of order ${orderId} is malformed: ${entry}`);
  // Lua counts bytes. In nearly every entry they equal the characters, which are faster to cut.
  const cut = Number(userBytes);
  if (Buffer.byteLength(rest) === rest.length) {
    const [userId, key] = [rest.slice(0, cut), rest.slice(cut)];
    return { orderId, tickets: ticketsIn(list), userId, key, reservedAt: Number(reservedAt) };
  }
  const bytes = Buffer.from(rest);
  return {
    orderId,
    tickets: ticketsIn(list),
    userId: bytes.toString('utf8', 0, cut),
    key: bytes.toString('utf8', cut),
    reservedAt: Number(reservedAt),
  };
}
