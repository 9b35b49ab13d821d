import { Fault } from '../../domain/errors.ts';
import type { StrandedReservation } from '../../ports/ticket-queue.ts';

const ENTRY = /^(\d+) (\d+) \d+ (\d+) (.*)$/s;

/** Reads `ticket reservedAt epoch userBytes user..key`, as reserve.lua wrote it. Errors: Fault `corrupt`. */
export function reservationOf(orderId: string, entry: string): StrandedReservation {
  const [, ticket, reservedAt, userBytes, rest] = ENTRY.exec(entry) ?? [];
  if (rest === undefined) throw new Fault('corrupt', `the ledger's entry of order ${orderId} is malformed: ${entry}`);
  // Lua counts bytes. In nearly every entry they equal the characters, which are faster to cut.
  const cut = Number(userBytes);
  if (Buffer.byteLength(rest) === rest.length) {
    const [userId, key] = [rest.slice(0, cut), rest.slice(cut)];
    return { orderId, ticket: Number(ticket), userId, key, reservedAt: Number(reservedAt) };
  }
  const bytes = Buffer.from(rest);
  return {
    orderId,
    ticket: Number(ticket),
    userId: bytes.toString('utf8', 0, cut),
    key: bytes.toString('utf8', cut),
    reservedAt: Number(reservedAt),
  };
}
