import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';
import { type Answer, type Client, createClient, inParallel } from '../support/http-client.ts';
import { untilSettled } from '../support/settled.ts';
import { fileSizeLimit, type SmallDisk, tmpfs } from '../support/small-disk.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const TOTAL = 20_000;
const BUYERS = 32;
/** Enough for a few dozen purchases. */
const ROOM_BYTES = 256 * 1024;
/** Refused purchases, one after another: enough that the engine checkpoints the WAL between them. */
const REFUSALS = 100;

describe.each([tmpfs, fileSizeLimit])('a sale on a disk $name', ({ make, name }) => {
  let workspace: Workspace;
  let disk: SmallDisk | undefined;
  let server: FloodgateProcess;
  let client: Client;
  /** Bodies of the answers to successful purchases, by key. */
  let bought: Map<string, string>;
  let statuses: Set<number>;

  beforeEach(async () => {
    workspace = await createWorkspace();
    disk = make(workspace.dataDir);
    if (disk === undefined) console.warn(`SKIPPED: this machine cannot provide a disk ${name}`);
    bought = new Map();
    statuses = new Set();
  });

  afterEach(async () => {
    client?.close();
    await server?.kill('SIGKILL');
    disk?.remove();
    await workspace.remove();
  });

  const start = async () => {
    server = await startFloodgate(workspace.env);
    client = createClient(server.port, BUYERS);
  };

  const buy = async (n: number): Promise<Answer> => {
    const key = `click-${n}`;
    const answer = await client.purchase({ saleId: 'cramped', token: workspace.tokenOf(`buyer-${n % 500}`), key });
    statuses.add(answer.status);
    if (answer.status === 201) {
      if (bought.has(key)) expect(answer.body).toBe(bought.get(key));
      bought.set(key, answer.body);
    }
    return answer;
  };

  /** Buys until the disk is full and enough purchases were refused; resolves with their numbers. */
  const untilRefused = async (): Promise<number[]> => {
    const refused: number[] = [];
    for (let from = 1000; refused.length < REFUSALS; from += BUYERS) {
      if (from > TOTAL) throw new Error('the disk did not fill up');
      await inParallel(BUYERS, BUYERS, async (n) => {
        const { status } = await buy(from + n);
        if (status !== 201) refused.push(from + n);
      });
    }
    return refused;
  };

  const settledExactly = async () => {
    await untilSettled(client);
    const { orders, held, remaining } = await workspace.inspect('cramped');
    const answered = [...bought.values()].map((body) => JSON.parse(body) as { id: string; tickets: number[] });
    const stored = new Map(orders.map(({ id, tickets }) => [id, String(tickets)]));
    expect(stored).toEqual(new Map(answered.map(({ id, tickets }) => [id, String(tickets)])));
    expect(new Set(stored.values()).size).toBe(stored.size);
    expect({ held, remaining }).toEqual({ held: stored.size, remaining: TOTAL - stored.size });
  };

  test('refuses with 503, loses nothing, and sells on when there is space again', async ({ skip }) => {
    if (disk === undefined) return skip();
    await workspace.publish({ id: 'cramped', total: TOTAL, perBuyerLimit: TOTAL });
    await start();
    await inParallel(500, BUYERS, buy);
    disk.fill(server.pid, ROOM_BYTES);
    const refused = await untilRefused();
    expect(statuses).toEqual(new Set([201, 503]));
    expect((await client.get('/healthz')).status).toBe(200);

    disk.free(server.pid);
    const retried = await inParallel(refused.length, BUYERS, (n) => buy(refused[n] as number));
    expect(new Set(retried.map(({ status }) => status))).toEqual(new Set([201]));
    await inParallel(500, BUYERS, buy);
    await settledExactly();
  });

  test('has all that it acknowledged if it is killed while the disk is full', async ({ skip }) => {
    if (disk === undefined) return skip();
    await workspace.publish({ id: 'cramped', total: TOTAL, perBuyerLimit: TOTAL });
    await start();
    await inParallel(500, BUYERS, buy);
    disk.fill(server.pid, ROOM_BYTES);
    const refused = await untilRefused();
    const { pid } = server;
    await server.kill('SIGKILL');
    client.close();
    if (name === tmpfs.name) disk.free(pid);

    await start();
    await inParallel(500, BUYERS, buy);
    await inParallel(refused.length, BUYERS, (n) => buy(refused[n] as number));
    await settledExactly();
  });
});
