import fc from 'fast-check';
import Database from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newOrder } from '../../../test/support/orders.ts';
import { ORDER_ID_LENGTH } from '../../domain/ids.ts';
import { ownKey } from '../../domain/purchase.ts';
import type { NewOrder } from '../../ports/order-store.ts';
import { type OrderRowValues, ROWS, type RowForm, rowsOf } from './order-rows.ts';

let database: Database.Database;

beforeAll(() => {
  database = new Database(':memory:');
});
afterAll(() => {
  database.close();
});

function read(orders: readonly NewOrder[]): { readonly form: RowForm; readonly rows: readonly unknown[] } {
  const { form, text } = rowsOf(orders);
  const rows = database.prepare(ROWS[form]).all([text]) as OrderRowValues[];
  return {
    form,
    rows: rows.map(({ id, user_id, idem_key, ticket, more_tickets, quantity, reserved_at, pay_by }) => [
      ...[id, user_id, idem_key],
      ...[ticket, more_tickets, quantity],
      ...[reserved_at, pay_by],
    ]),
  };
}

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0'));
const plainId = fc.string({ unit: fc.constantFrom(...'0A1Z'), minLength: ORDER_ID_LENGTH, maxLength: ORDER_ID_LENGTH });
const moment = fc.oneof(fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER), fc.constant(1_750_000_000_123));
const several = fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 4 }).map((all) => all.toSorted((a, b) => a - b));
const one = fc.nat().map((ticket) => [ticket]);
const partsWith = (tickets: fc.Arbitrary<number[]>) =>
  fc.record({ userId: text, tickets, reservedAt: moment, payBy: moment });

it.each([
  ['one ticket', one],
  ['several tickets', several],
])('passes orders of %s to SQLite unchanged, in their order', (_, tickets) => {
  const order = fc
    .tuple(partsWith(tickets), fc.oneof({ weight: 9, arbitrary: plainId }, text), fc.option(text, { freq: 9 }))
    .map(([values, id, key]) => newOrder({ ...values, saleId: 's', id, key: key ?? ownKey(id) }));
  fc.assert(
    fc.property(fc.array(order, { maxLength: 5 }), (orders) => {
      expect(read(orders).rows).toEqual(
        orders.map(
          ({
            order: {
              id,
              userId,
              tickets: [lowest, ...more],
              reservedAt,
              payBy,
            },
            key,
          }) => [
            ...[id, userId, key === ownKey(id) ? null : key],
            ...[lowest, more.length === 0 ? null : more.join(), more.length + 1],
            ...[reservedAt, payBy],
          ],
        ),
      );
    }),
    { numRuns: 1000 },
  );
});

it('packs orders of one ticket without an Idempotency-Key, and no others', () => {
  const [a, b] = [newOrder({ saleId: 's', tickets: [1] }), newOrder({ saleId: 's', tickets: [2] })];
  const keyed = newOrder({ saleId: 's', tickets: [3], key: 'k:mine' });
  const odd = newOrder({ saleId: 's', tickets: [4], id: '000000000000🎟' });
  const two = newOrder({ saleId: 's', tickets: [5, 6] });
  const forms = [[a, b], [a, keyed], [odd], [a, two]].map((orders) => read(orders).form);
  expect(forms).toEqual(['packed', 'fields', 'fields', 'several']);
});
