import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { build } from 'fast-json-stringify';
import { Fault, messageOf } from '../domain/errors.ts';
import type { LoggedReservation, LogRecord } from '../domain/log-record.ts';
import { MAX_QUANTITY } from '../domain/order.ts';
import { fromWireItem, toWireItem, type WireReservations } from './log-wire.ts';
import { isStorableText } from './stored-text.ts';

// Bounds for damaged records: what is beyond them fits into no table, and would stop every reader of the log.
/** INT in MySQL, for epochs and tickets. */
const MAX_INT = 2 ** 31 - 1;
/** The last time that an order id can have, milliseconds since 1970. */
const MAX_TIME_MS = 2 ** 45 - 1;
/** A hundred years: far beyond what the API accepts, and a deadline still has a date. */
const MAX_PAY_SECONDS = 100 * 366 * 86_400;
/** As in the patterns of domain/ids.ts. */
const MAX_NAME = 64;

const STORABLE = 'storable';

const Text = Type.String({ minLength: 1, format: STORABLE });
const Name = Type.String({ minLength: 1, maxLength: MAX_NAME, format: STORABLE });
const Epoch = Type.Integer({ minimum: 0, maximum: MAX_INT });
const Ticket = Type.Integer({ minimum: 1, maximum: MAX_INT });

/** The format of a log entry, which is JSON. New fields must be optional, and no field may change its meaning. */
const RESERVATIONS = Type.Object({
  type: Type.Literal('reservations'),
  saleId: Name,
  productId: Name,
  epoch: Epoch,
  price: Type.Object({
    amount: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  }),
  payWithinSeconds: Type.Integer({ minimum: 0, maximum: MAX_PAY_SECONDS }),
  items: Type.Array(
    Type.Object({
      orderId: Text,
      /** The only one... */
      ticket: Type.Optional(Ticket),
      /** ...or all of several; see {@link fromWireItem}. */
      tickets: Type.Optional(Type.Array(Ticket, { minItems: 2, maxItems: MAX_QUANTITY })),
      userId: Text,
      key: Text,
      reservedAt: Type.Integer({ minimum: 0, maximum: MAX_TIME_MS }),
      requestId: Type.String({ format: STORABLE }),
    }),
    { minItems: 1 },
  ),
});

const FENCE = Type.Object({
  type: Type.Literal('fence'),
  saleId: Name,
  epoch: Epoch,
});

const ajv = new Ajv().addFormat(STORABLE, isStorableText);
const isReservations = ajv.compile<Static<typeof RESERVATIONS>>(RESERVATIONS);
const isFence = ajv.compile<Static<typeof FENCE>>(FENCE);
const stringifyReservations: (record: WireReservations) => string = build(RESERVATIONS);
const stringifyFence = build(FENCE);

export type DecodedRecord =
  | { readonly record: LogRecord }
  /** Why the text is not a record. */
  | { readonly record: undefined; readonly error: string };

/** Errors: Fault `corrupt` for a fence that no reader would accept, such as one of an epoch beyond the bounds. */
export function encodeRecord(record: LogRecord): string {
  if (record.type === 'reservations') {
    const items = record.items.map((item) => toWireItem(item, item.tickets, item.reservedAt));
    return stringifyReservations({ ...record, items });
  }
  if (!isFence(record)) throw new Fault('corrupt', `a fence of sale ${record.saleId} has epoch ${record.epoch}`);
  return stringifyFence(record);
}

/** Never throws: malformed text in a log must not stop its readers. */
export function decodeRecord(text: string): DecodedRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return malformed(messageOf(error));
  }
  // Checked against the schema of its own type, so that the error refers to that.
  if (typeOf(value) === 'fence') return isFence(value) ? { record: value } : invalid(isFence.errors);
  if (!isReservations(value)) return invalid(isReservations.errors);
  const items: LoggedReservation[] = [];
  for (const wire of value.items) {
    const item = fromWireItem(wire);
    if (item === undefined) return malformed(`/items/${items.length} must have one ticket, or ascending tickets`);
    items.push(item);
  }
  return { record: { ...value, items } };
}

function malformed(error: string): DecodedRecord {
  return { record: undefined, error };
}

function invalid(errors: typeof isFence.errors): DecodedRecord {
  const [first] = errors ?? [];
  return malformed(`${first?.instancePath || 'the record'} ${first?.message ?? 'is malformed'}`);
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}
