import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { build } from 'fast-json-stringify';
import { Fault, messageOf } from '../domain/errors.ts';
import type { LogRecord } from '../domain/log-record.ts';
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
      ticket: Type.Integer({ minimum: 1, maximum: MAX_INT }),
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
const stringifyReservations = build(RESERVATIONS);
const stringifyFence = build(FENCE);

export type DecodedRecord =
  | { readonly record: LogRecord }
  /** Why the text is not a record. */
  | { readonly record: undefined; readonly error: string };

/** Errors: Fault `corrupt` for a fence that no reader would accept, such as one of an epoch beyond the bounds. */
export function encodeRecord(record: LogRecord): string {
  if (record.type === 'reservations') return stringifyReservations(record);
  if (!isFence(record)) throw new Fault('corrupt', `a fence of sale ${record.saleId} has epoch ${record.epoch}`);
  return stringifyFence(record);
}

/** Never throws: malformed text in a log must not stop its readers. */
export function decodeRecord(text: string): DecodedRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { record: undefined, error: messageOf(error) };
  }
  // Checked against the schema of its own type, so that the error refers to that.
  const isRecord = typeOf(value) === 'fence' ? isFence : isReservations;
  if (isRecord(value)) return { record: value };
  const [first] = isRecord.errors ?? [];
  return { record: undefined, error: `${first?.instancePath || 'the record'} ${first?.message ?? 'is malformed'}` };
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}
