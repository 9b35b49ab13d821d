import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedAtomicSale } from '../../src/adapters/embedded/atomic-sale.ts';
import { createEmbeddedQueueAuditSource } from '../../src/adapters/embedded/audit-source.ts';
import { connect } from '../../src/adapters/embedded/database.ts';
import { openEngine } from '../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderLog } from '../../src/adapters/embedded/order-log.ts';
import { createEmbeddedTicketQueue } from '../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { SellItem } from '../../src/ports/atomic-sale.ts';
import { newName, openSale, purchases } from '../contract/fixtures.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';

/** Sizes of SQLite's WAL header, and of a frame with its page. */
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

const SALE = {
  ...openSale({ id: newName('torn'), total: 100, perBuyerLimit: 100 }),
  productId: 'product-1',
  price: { amount: 100, currency: 'EUR' },
  payWithinSeconds: 900,
};

/** It opens the file some ten thousand times: longer than other tests, beside another one that keeps the disk busy. */
const EVERY_BYTE_MS = 360_000;

/** Garbage is collected after so many connections of four files each: far below the limit of 1,024 open files. */
const COLLECT_EVERY = 100;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Order ids and tickets, of the reservations and of the log, each as one text. */
const SELECT_SOLD = `SELECT
  (SELECT group_concat(order_id || ' ' || ticket) FROM
    (SELECT order_id, ticket FROM queue_reservation WHERE held = 1 ORDER BY order_id)) AS held,
  (SELECT group_concat(json_extract(item.value, '$.orderId') || ' ' || json_extract(item.value, '$.ticket')) FROM
    log, json_each(log.payload, '$.items') AS item) AS logged`;

/** As the codec writes orders of one ticket. */
interface LoggedTickets {
  readonly items: readonly { readonly orderId: string; readonly ticket: number }[];
}

let folder: TempFolder;

beforeEach(() => {
  folder = tempFolder();
});

afterEach(() => folder.remove());

async function open(file: string) {
  // In this thread: nothing may write to the files between an answer and copying them.
  const engine = await openEngine({ file, thread: false });
  const queue = createEmbeddedTicketQueue({ engine, clock: systemClock });
  const log = createEmbeddedOrderLog(engine);
  const { sell } = createEmbeddedAtomicSale({ engine, log, clock: systemClock });
  return {
    queue,
    /** Resolves with the order ids and tickets when they are acknowledged. */
    buy: async (items: readonly SellItem[]) => {
      const reply = await sell(SALE, items);
      if (reply.kind !== 'answered') throw new Error(`not sold: ${reply.kind}`);
      return items.map(({ orderId }, n) => {
        const answer = reply.answers[n];
        if (answer?.kind !== 'reserved') throw new Error(`not sold: ${answer?.kind}`);
        return `${orderId} ${answer.tickets}`;
      });
    },
    logged: async () => {
      const rows = await engine.call('log.read', { from: 0, max: 1000 });
      const records = rows.map(({ payload }) => JSON.parse(payload) as LoggedTickets);
      return records.flatMap(({ items }) => items.map(({ orderId, ticket }) => `${orderId} ${ticket}`));
    },
    audit: () => auditQueue(createEmbeddedQueueAuditSource(engine), SALE.id),
    close: () => engine.close(),
  };
}

const clicks = (count: number): SellItem[] => purchases(count).map((item) => ({ ...item, requestId: item.orderId }));

/** Copies the files as a crash right after an acknowledgement would leave them; returns the size of the WAL. */
function copyFiles(file: string, copy: string): number {
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  return readFileSync(`${file}-wal`).length;
}

/** Replaces the files, not their contents: the driver may close the previous connection to them later. */
function replaceFiles(file: string, db: Buffer, wal: Buffer): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
  writeFileSync(file, db);
  writeFileSync(`${file}-wal`, wal);
}

/** Opens a file as the program does, and reads what was sold, by the reservations and by the log. */
function readSold(file: string): { readonly held: string | null; readonly logged: string | null } {
  const db = connect(file);
  try {
    return db.get(SELECT_SOLD) as { held: string | null; logged: string | null };
  } finally {
    db.close();
  }
}

/** The driver keeps the files of a closed connection open until its statements are collected and a turn has passed. */
async function collect(): Promise<void> {
  gc();
  await turn();
}

/** A sale whose last purchase is in the WAL from byte `from` to byte `to`. */
async function soldFile() {
  const file = join(folder.path, 'live.db');
  const copy = join(folder.path, 'crashed.db');
  const live = await open(file);
  await live.queue.load(SALE);
  const before: string[] = [];
  for (const count of [5, 1, 3]) before.push(...(await live.buy(clicks(count))));
  const from = copyFiles(file, copy);
  const last = clicks(4);
  const after = [...before, ...(await live.buy(last))];
  const to = copyFiles(file, copy);
  await live.close();
  return { db: readFileSync(copy), wal: readFileSync(`${copy}-wal`), from, to, before, after, last };
}

describe('the embedded file after a crash in the middle of its last transaction', () => {
  it(
    'can be opened, truncated at every byte of it, and has exactly what was acknowledged',
    async () => {
      const { db, wal, from, to, before, after } = await soldFile();
      expect((from - WAL_HEADER_BYTES) % FRAME_BYTES).toBe(0);
      expect(to - from).toBeGreaterThanOrEqual(FRAME_BYTES);
      const file = join(folder.path, 'cut.db');
      const wrong: string[] = [];
      for (let cut = to; cut >= from; cut -= 1) {
        replaceFiles(file, db, wal.subarray(0, cut));
        const acknowledged = (cut === to ? after : before).join();
        const { held, logged } = readSold(file);
        if (cut % COLLECT_EVERY === 0) await collect();
        if (held !== acknowledged || logged !== acknowledged) wrong.push(`cut at ${cut - from}: ${held}; ${logged}`);
      }
      expect(wrong).toEqual([]);
    },
    EVERY_BYTE_MS,
  );

  it('sells on: retrying a lost purchase gets the next tickets, retrying another one gets its own', async () => {
    const { db, wal, from, to, before, after, last } = await soldFile();
    const file = join(folder.path, 'retried.db');
    for (const cut of [from, from + 1, from + FRAME_BYTES, to - 1, to]) {
      replaceFiles(file, db, wal.subarray(0, cut));
      const opened = await open(file);
      expect([...before, ...(await opened.buy(last))]).toEqual(after);
      expect(await opened.logged()).toEqual(after);
      const [next] = await opened.buy(clicks(1));
      expect(next).toMatch(new RegExp(` ${after.length + 1}$`));
      await opened.close();
    }
  });

  it('ignores a tail that the disk filled with other data', async () => {
    const { db, wal, from, to, before } = await soldFile();
    const file = join(folder.path, 'garbled.db');
    for (let at = from; at < to; at += 997) {
      const garbled = Buffer.from(wal);
      garbled[at] = ~(wal[at] ?? 0);
      replaceFiles(file, db, garbled);
      const opened = await open(file);
      expect(await opened.logged(), `at ${at - from}`).toEqual(before);
      expect(await opened.audit()).toMatchObject({ held: before.length, doubled: [] });
      await opened.close();
    }
  });
});
