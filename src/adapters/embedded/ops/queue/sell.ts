import type { Db } from '../../database.ts';
import { wireRecordOf } from '../../sell-record.ts';
import { packAnswer, unpackItems } from '../../sell-wire.ts';
import { appendText } from '../log/ops.ts';
import { type Op, writing } from '../op.ts';
import { decide } from './decide.ts';
import { insertGrants, PUBLISHED } from './insert-grants.ts';
import { saleRow } from './sale.ts';
import type { SellArgs, SellReply } from './sell-call.ts';
import { sellTogether } from './sell-together.ts';

/** Errors: Fault `corrupt` if an order id was used for another purchase; then nothing was changed. */
const sellOne = (db: Db, { sale, now, items: packed, maxAttempts, maxEnded = 0 }: SellArgs): SellReply => {
  const row = saleRow(db, sale.id);
  if (row === undefined) return { kind: 'unknownSale' };
  if (row.epoch !== sale.epoch) return { kind: 'stale', epoch: row.epoch };

  const items = unpackItems(packed);
  const { answers, grants, stock } = decide(db, row, { now, items, publishes: true, maxAttempts, maxEnded });
  const reply = { kind: 'answered', answers: answers.map((answer) => packAnswer(answer, now)), stock } as const;
  if (grants.length === 0) return reply;
  insertGrants(db, grants, { sale: row, now, batch: PUBLISHED });
  // Not the codec's serializer: compiling it would delay the start of this thread, and any JSON of the record is valid.
  const position = appendText(db, JSON.stringify(wireRecordOf(sale, now, grants)));
  return { ...reply, logged: { position, items: grants.length } };
};

export const sell: Op<SellArgs, SellReply> = {
  ...writing(sellOne),
  together: { keyOf: ({ sale }) => sale.id, run: sellTogether },
};
