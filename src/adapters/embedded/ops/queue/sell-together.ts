import type { SellItem } from '../../../../ports/atomic-sale.ts';
import type { Db } from '../../database.ts';
import { wireRecordOf } from '../../sell-record.ts';
import { packAnswer, unpackItems } from '../../sell-wire.ts';
import { appendTexts } from '../log/ops.ts';
import type { KnownBuyers } from './buyers.ts';
import { knownBuyersOf, type SaleItems } from './buyers-of-sales.ts';
import { decideFor, type OpenDecision } from './decide.ts';
import { insertGrantsOf } from './insert-grants-of.ts';
import { stockOf } from './sale.ts';
import { saleRows } from './sales.ts';
import type { SellArgs, SellReply } from './sell-call.ts';
import { TicketSource } from './ticket-source.ts';

/** A call whose sale is known, in its epoch. */
interface OpenCall extends SaleItems {
  readonly index: number;
  readonly args: SellArgs;
  readonly items: readonly SellItem[];
}

interface Sold extends OpenCall {
  readonly decision: OpenDecision<SellItem>;
}

/**
 * `sell` for calls of different sales, with as many statements as for one: a call has few purchases if there are many sales,
 * and most of its cost is that of its statements. Each call has its own answer, and its own record in the log.
 *
 * Errors: those of `sell`, for all of them.
 */
export function sellTogether(db: Db, calls: readonly SellArgs[]): readonly SellReply[] {
  const replies = new Array<SellReply>(calls.length);
  const open: OpenCall[] = [];
  const rows = saleRows(
    db,
    calls.map(({ sale }) => sale.id),
  );
  calls.forEach((args, index) => {
    const row = rows.get(args.sale.id);
    if (row === undefined) replies[index] = { kind: 'unknownSale' };
    else if (row.epoch !== args.sale.epoch) replies[index] = { kind: 'stale', epoch: row.epoch };
    else open.push({ index, args, row, items: unpackItems(args.items) });
  });
  if (open.length === 0) return replies;

  const buyers = knownBuyersOf(db, open);
  const sold: Sold[] = [];
  open.forEach((call, i) => {
    const { now, maxAttempts, maxEnded = 0 } = call.args;
    const args = { now, items: call.items, publishes: true, maxAttempts, maxEnded };
    const decision = decideFor(db, call.row, buyers[i] as KnownBuyers, args);
    replies[call.index] = replyOf(call, decision);
    if (decision.grants.length > 0) sold.push({ ...call, decision });
  });
  if (sold.length > 0) save(db, sold, replies);
  return replies;
}

function replyOf({ args: { now }, row }: OpenCall, { answers }: OpenDecision<SellItem>) {
  return { kind: 'answered', answers: answers.map((answer) => packAnswer(answer, now)), stock: stockOf(row) } as const;
}

/** Stores what was sold, and completes the replies. */
function save(db: Db, sold: readonly Sold[], replies: SellReply[]): void {
  const stocks = TicketSource.saveAll(
    db,
    sold.map(({ decision }) => decision.source),
  );
  insertGrantsOf(
    db,
    sold.map(({ row, args, decision }) => ({ sale: row, now: args.now, grants: decision.grants })),
  );
  // Not the codec's serializer: see `sell`.
  const records = sold.map(({ args, decision }) => JSON.stringify(wireRecordOf(args.sale, args.now, decision.grants)));
  const first = appendTexts(db, records);
  sold.forEach(({ index, decision }, i) => {
    const reply = replies[index] as Extract<SellReply, { kind: 'answered' }>;
    const logged = { position: first + i, items: decision.grants.length };
    replies[index] = { ...reply, stock: stocks[i] as (typeof stocks)[number], logged };
  });
}
