import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { build } from 'fast-json-stringify';
import { messageOf } from '../domain/errors.ts';
import type { LogRecord } from '../domain/log-record.ts';

/** The format of a log entry, which is JSON. New fields must be optional, and no field may change its meaning. */
const RESERVATIONS = Type.Object({
  type: Type.Literal('reservations'),
  saleId: Type.String({ minLength: 1 }),
  productId: Type.String({ minLength: 1 }),
  epoch: Type.Integer({ minimum: 0 }),
  price: Type.Object({ amount: Type.Integer({ minimum: 0 }), currency: Type.String({ pattern: '^[A-Z]{3}$' }) }),
  payWithinSeconds: Type.Integer({ minimum: 0 }),
  items: Type.Array(
    Type.Object({
      orderId: Type.String({ minLength: 1 }),
      ticket: Type.Integer({ minimum: 1 }),
      userId: Type.String({ minLength: 1 }),
      key: Type.String({ minLength: 1 }),
      reservedAt: Type.Integer({ minimum: 0 }),
      requestId: Type.String(),
    }),
    { minItems: 1 },
  ),
});

const FENCE = Type.Object({
  type: Type.Literal('fence'),
  saleId: Type.String({ minLength: 1 }),
  epoch: Type.Integer({ minimum: 0 }),
});

const isReservations = new Ajv().compile<Static<typeof RESERVATIONS>>(RESERVATIONS);
const isFence = new Ajv().compile<Static<typeof FENCE>>(FENCE);
const stringifyReservations = build(RESERVATIONS);
const stringifyFence = build(FENCE);

export type DecodedRecord =
  | { readonly record: LogRecord }
  /** Why the text is not a record. */
  | { readonly record: undefined; readonly error: string };

export function encodeRecord(record: LogRecord): string {
  return record.type === 'fence' ? stringifyFence(record) : stringifyReservations(record);
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
