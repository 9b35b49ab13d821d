import { decodeRecord, encodeRecord } from '../../src/adapters/log-codec.ts';
import { replyOf } from '../../src/adapters/redis/reserve-reply.ts';
import { createAuthenticator } from '../../src/api/auth/authenticator.ts';
import { serialiseOrder } from '../../src/api/orders/json.ts';
import { createReservedOrderWriter } from '../../src/api/orders/reserved-json.ts';
import { TUNING_SETTINGS } from '../../src/config/tuning-settings.ts';
import { orderOf } from '../../src/domain/log-record.ts';
import { SECRET } from '../support/installation.ts';
import { tokenOf } from '../support/requests.ts';
import { createRecords } from '../support/reservations.ts';
import type { Micro } from './timing.ts';

const BATCH = TUNING_SETTINGS.PURCHASE_BATCH_SIZE.default;
const record = createRecords()('micro', 0, BATCH);
const orders = record.items.map((item) => orderOf(record, item));
/** reserve.lua's reply to a batch in which everyone got a ticket: remaining, version, clock, and a ticket each. */
const reply = [1000, 64, Date.now(), ...record.items.flatMap(({ tickets }) => tickets)];
/** More than the smaller cache holds, so that each token is verified again. */
const headers = Array.from({ length: BATCH }, (_, n) => `Bearer ${tokenOf(`buyer-${n}`)}`);

function authenticating(cacheSize: number): Micro['setUp'] {
  return () => {
    const { authenticate } = createAuthenticator({ secret: SECRET, cacheSize });
    return () => headers.map((header) => authenticate(header));
  };
}

export const codecMicros: readonly Micro[] = [
  { name: `log-codec: encode, a reservation of ${BATCH}`, operations: BATCH, setUp: () => () => encodeRecord(record) },
  {
    name: `log-codec: decode, a reservation of ${BATCH}`,
    operations: BATCH,
    setUp: () => {
      const text = encodeRecord(record);
      return () => decodeRecord(text);
    },
  },
  {
    name: `reserve reply: decode, an answer of ${BATCH}`,
    operations: BATCH,
    setUp: () => () => replyOf(reply, 1, BATCH),
  },
  {
    name: 'order JSON: a reserved order',
    operations: BATCH,
    setUp: () => {
      const write = createReservedOrderWriter();
      return () => orders.map((order) => write(order));
    },
  },
  { name: 'order JSON: any order', operations: BATCH, setUp: () => () => orders.map(serialiseOrder) },
  { name: 'token: seen before', operations: BATCH, setUp: authenticating(BATCH * 2) },
  { name: 'token: verified anew', operations: BATCH, setUp: authenticating(1) },
];
