import fc from 'fast-check';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newOrder } from '../../../test/support/orders.ts';
import { ORDER_ID_LENGTH } from '../../domain/ids.ts';
import { ownKey } from '../../domain/purchase.ts';
import type { NewOrder } from '../../ports/order-store.ts';
import { ROWS, type RowForm, rowsOf } from './order-rows.ts';

let database: Database.Database;

beforeAll(() => {
  database = new Database(':memory:');
});
afterAll(() => {
  database.close();
});

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly idem_key: string | null;
  readonly ticket: number;
  readonly reserved_at: number;
  readonly pay_by: number;
}

function read(orders: readonly NewOrder[]): { readonly form: RowForm; readonly rows: readonly unknown[] } {
  const { form, text } = rowsOf(orders);
  const rows = database.prepare(ROWS[form]).all([text]) as Row[];
  return {
    form,
    rows: rows.map(({ id, user_id, idem_key, ticket, reserved_at, pay_by }) => [
      ...[id, user_id, idem_key],
      ...[ticket, reserved_at, pay_by],
    ]),
  };
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0'));
const plainId = fc.string({ unit: fc.constantFrom(...'0A1Z'), minLength: ORDER_ID_LENGTH, maxLength: ORDER_ID_LENGTH });
const moment = fc.oneof(fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER), fc.constant(1_750_000_000_123));
const parts = fc.record({ userId: text, ticket: fc.nat(), reservedAt: moment, payBy: moment });

it('passes orders to SQLite unchanged, in their order', () => {
  const order = fc
    .tuple(parts, fc.oneof({ weight: 9, arbitrary: plainId }, text), fc.option(text, { freq: 9 }))
    .map(([values, id, key]) => newOrder({ ...values, saleId: 's', id, key: key ?? ownKey(id) }));
  fc.assert(
    fc.property(fc.array(order, { maxLength: 5 }), (orders) => {
      expect(read(orders).rows).toEqual(
        orders.map(({ order: { id, userId, ticket, reservedAt, payBy }, key }) => [
          ...[id, userId, key === ownKey(id) ? null : key],
          ...[ticket, reservedAt, payBy],
        ]),
      );
    }),
    { numRuns: 1000 },
  );
});

it('packs orders without an Idempotency-Key, and no others', () => {
  const [a, b] = [newOrder({ saleId: 's', ticket: 1 }), newOrder({ saleId: 's', ticket: 2 })];
  const keyed = newOrder({ saleId: 's', ticket: 3, key: 'k:mine' });
  const odd = newOrder({ saleId: 's', ticket: 4, id: '000000000000🎟' });
  expect([read([a, b]).form, read([a, keyed]).form, read([odd]).form]).toEqual(['packed', 'fields', 'fields']);
});
