import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/services/audit/result.ts';
import { wrongIn } from '../support/audit-rig.ts';
import { MAIN } from '../support/floodgate-process.ts';
import { type Client, createClient, inParallel } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';
import { type Saboteur, saboteurOf } from '../support/saboteur.ts';
import type { Workspace } from '../support/workspace.ts';

const TOTAL = 20;
const SOLD = 8;

interface Sold {
  readonly id: string;
  readonly ticket: number;
  readonly userId: string;
}

describe.each(INSTALLATIONS)('the audit on %s', (_name, open) => {
  describe.skipIf(open === undefined)('with every role at work', () => {
    let installation: Installation;
    let client: Client;
    let saboteur: Saboteur;
    let sales = 0;

    beforeAll(async () => {
      installation = await (open as NonNullable<typeof open>)();
      client = createClient(installation.port, 32);
      saboteur = await saboteurOf(installation.workspace);
    });

    afterAll(async () => {
      client?.close();
      await saboteur?.close();
      await installation?.stop();
    });

    const buy = async (saleId: string, userId: string): Promise<Sold> => {
      const answer = await client.purchase({ saleId, token: installation.workspace.tokenOf(userId) });
      expect(answer.status, answer.body).toBe(201);
      const { id, tickets } = JSON.parse(answer.body) as { id: string; tickets: number[] };
      return { id, ticket: tickets[0] as number, userId };
    };
    const admin = () => installation.workspace.tokenOf('boss', 'admin');
    const overHttp = async (saleId: string) => {
      const answer = await client.get(`/v1/admin/sales/${saleId}/audit`, admin());
      expect(answer.status, answer.body).toBe(200);
      return JSON.parse(answer.body) as AuditResult;
    };

    /** A sale that has sold some of its tickets, and whose audit finds nothing. */
    const soundSale = async (): Promise<{ readonly saleId: string; readonly sold: readonly Sold[] }> => {
      sales += 1;
      const saleId = `audited-${sales}`;
      await installation.workspace.publish({ id: saleId, total: TOTAL });
      const sold = await inParallel(SOLD, SOLD, (n) => buy(saleId, `buyer-${n}`));
      await expect
        .poll(() => overHttp(saleId), { timeout: 30_000, interval: 200 })
        .toMatchObject({ ok: true, inFlight: { unpublished: 0, unstored: 0, returning: 0, uncounted: 0 } });
      return { saleId, sold };
    };

    /** The discrepancies that command and endpoint report alike; the command by its exit code, too. */
    const discrepanciesOf = async (saleId: string) => {
      const { code, out } = await command(installation.workspace, saleId, '--json');
      const report = JSON.parse(out) as AuditResult;
      expect(report.ok).toBe(false);
      expect(code).toBe(1);
      const wrong = wrongIn(report);
      expect(wrongIn(await overHttp(saleId))).toEqual(wrong);
      return wrong;
    };

    test('finds nothing in a correct sale, and prints what it has counted', async () => {
      const { saleId } = await soundSale();
      const { code, out } = await command(installation.workspace, saleId);
      expect(code).toBe(0);
      expect(out).toContain(`tickets in the catalogue: ${TOTAL}, held by orders: ${SOLD}, remaining: ${TOTAL - SOLD}`);
      expect(out).toContain(`tickets in the ledger: ${SOLD}, tickets of live orders: ${SOLD}`);
      expect(out).toContain('No discrepancies.');
      expect(out.match(/^ {2}ok /gm)).toHaveLength(7);
    });

    test('is for admins, and for published sales', async () => {
      const path = (id: string) => `/v1/admin/sales/${id}/audit`;
      const { saleId } = await soundSale();
      expect((await client.get(path(saleId))).status).toBe(401);
      expect((await client.get(path(saleId), installation.workspace.tokenOf('u'))).status).toBe(403);
      expect((await client.get(path('no-such-sale'), admin())).status).toBe(404);
      expect((await client.get(path('no%20sale'), admin())).status).toBe(404);
      expect(await command(installation.workspace, 'no-such-sale')).toMatchObject({
        code: 2,
        err: expect.stringContaining('there is no sale no-such-sale'),
      });
    });

    test('distinguishes a wrong argument from a discrepancy by its exit code', async () => {
      expect((await command(installation.workspace)).code).toBe(2);
      expect((await command(installation.workspace, 'a', 'b')).code).toBe(2);
      expect((await command(installation.workspace, 'a', '--jsno')).code).toBe(2);
    });

    test('finds a ticket that was removed', async () => {
      const { saleId } = await soundSale();
      const ticket = await saboteur.removeTicket(saleId);
      expect(await discrepanciesOf(saleId)).toEqual({
        tickets: [{ catalogue: '20 tickets', queue: '8 held, 11 remaining' }],
        one_place: [{ ticket, queue: 'neither held nor available' }],
      });
      const { out } = await command(installation.workspace, saleId);
      expect(out).toMatch(/WRONG {2}each ticket has one place/);
      expect(out).toContain(`ticket ${ticket}; queue: neither held nor available`);
      expect(out).toContain('2 discrepancies.');
    });

    test('finds a ticket that was duplicated', async () => {
      const { saleId, sold } = await soundSale();
      const { id, ticket, userId } = sold[3] as Sold;
      await saboteur.queueAgain(saleId, ticket);
      expect(await discrepanciesOf(saleId)).toEqual({
        tickets: [{ catalogue: '20 tickets', queue: '8 held, 13 remaining' }],
        one_place: [
          {
            ticket,
            orderId: id,
            queue: `order ${id} of buyer ${userId} holds ticket ${ticket}, which is also available`,
          },
        ],
      });
    });

    test('finds an order that was deleted', async () => {
      const { saleId, sold } = await soundSale();
      const { id, ticket, userId } = sold[5] as Sold;
      await saboteur.deleteOrder(id);
      expect(await discrepanciesOf(saleId)).toEqual({
        stored: [{ ticket, orderId: id, log: `order ${id} holds ticket ${ticket}`, store: `no order ${id}` }],
        ledger: [
          {
            ticket,
            orderId: id,
            queue: `order ${id} of buyer ${userId} holds ticket ${ticket}`,
            store: `no order ${id}`,
          },
        ],
      });
    });

    test('finds a ledger entry that was changed', async () => {
      const { saleId, sold } = await soundSale();
      const { id, ticket, userId } = sold[1] as Sold;
      await saboteur.changeBuyerInLedger(saleId, id, 'thief-1');
      expect(await discrepanciesOf(saleId)).toEqual({
        ledger: [
          {
            ticket,
            orderId: id,
            queue: `order ${id} of buyer thief-1 holds ticket ${ticket}`,
            store: `order ${id} of buyer ${userId} has ticket ${ticket}, reserved`,
          },
        ],
      });
    });

    test('finds a live figure that was changed, and names the command that rebuilds it', async () => {
      const { saleId } = await soundSale();
      let report: AuditResult;
      do {
        // A worker may just have corrected it, which it does only once.
        await saboteur.countOneMore(saleId);
        report = JSON.parse((await floodgate(installation.workspace, 'audit', saleId, '--json')).out);
      } while (report.ok);
      const command = `floodgate live rebuild ${saleId}, or POST /v1/admin/sales/${saleId}/live/rebuild`;
      expect(wrongIn(report)).toEqual({
        live_state: [
          { log: '8 tickets', live: expect.stringMatching(`^\\d+ tickets; to correct it: ${command}$`) },
          {
            log: '8 tickets',
            live: expect.stringMatching(`^\\d+ tickets in the timeline; to correct it: ${command}$`),
          },
        ],
      });

      const rebuilt = await floodgate(installation.workspace, 'live', 'rebuild', saleId);
      expect(rebuilt).toMatchObject({ code: 0, out: expect.stringContaining('8 tickets in the log') });
      expect(await overHttp(saleId)).toMatchObject({ ok: true });
      const again = await floodgate(installation.workspace, 'live', 'rebuild', saleId, '--json');
      expect(JSON.parse(again.out)).toEqual({ saleId, reserved: 8, changed: 0, since: 0 });
    });

    test('finds nothing in the end when a live figure was changed during a sale: the workers correct it', async () => {
      const { saleId } = await soundSale();
      // Two, so that the last buyer, as long as it is not counted, does not make up for it.
      await saboteur.countOneMore(saleId);
      await saboteur.countOneMore(saleId);
      await buy(saleId, 'the-last-buyer');
      await expect
        .poll(() => overHttp(saleId), { timeout: 60_000, interval: 500 })
        .toMatchObject({ ok: true, inFlight: { uncounted: 0 } });
    });

    test('finds nothing while a sale is on, with buyers who buy, cancel and pay', async () => {
      sales += 1;
      const saleId = `busy-${sales}`;
      await installation.workspace.publish({ id: saleId, total: 300, perBuyerLimit: 2 });
      let buying = true;
      const bought: number[] = [];
      const crowd = inParallel(16, 16, async (n) => {
        const token = installation.workspace.tokenOf(`crowd-${n}`);
        let orders = 0;
        for (; buying; orders += 1) {
          const answer = await client.purchase({ saleId, token });
          if (answer.status !== 201) continue;
          const { id } = JSON.parse(answer.body) as Sold;
          await client.call('POST', `/v1/orders/${id}/${orders % 20 === 0 ? 'pay' : 'cancel'}`, token);
        }
        bought.push(orders);
      });
      const reports: AuditResult[] = [];
      for (let n = 0; n < 5; n += 1) reports.push(await overHttp(saleId));
      const last = await command(installation.workspace, saleId, '--json');
      buying = false;
      await crowd;
      expect(reports.map(wrongIn)).toEqual(reports.map(() => ({})));
      expect(wrongIn(JSON.parse(last.out))).toEqual({});
      expect(last.code).toBe(0);
      expect(Math.max(...bought)).toBeGreaterThan(10);
      await expect
        .poll(() => overHttp(saleId), { timeout: 30_000, interval: 200 })
        .toMatchObject({
          ok: true,
          inFlight: { unpublished: 0, unstored: 0, returning: 0, uncounted: 0 },
        });
    });
  });
});

const command = (workspace: Workspace, ...args: readonly string[]) => floodgate(workspace, 'audit', ...args);

async function floodgate({ env }: Workspace, ...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
