import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient, inParallel } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';
import { LiveTalk } from '../support/live-talk.ts';

/** Frames of one sale in any second. */
const FRAMES_PER_SECOND = 10;
/** With a clock of whole milliseconds ten spans of 100 ms may look shorter. */
const ROUNDING_MS = 10;

interface Problem {
  readonly code: string;
}

describe.each(INSTALLATIONS)('live sockets on %s', (_name, open) => {
  describe.skipIf(open === undefined)('with every role at work', () => {
    let installation: Installation;
    let client: Client;
    const talks: LiveTalk[] = [];

    const talk = async (userId?: string): Promise<LiveTalk> => {
      const token = userId === undefined ? undefined : installation.workspace.tokenOf(userId);
      const opened = await LiveTalk.open(installation.port, token);
      talks.push(opened);
      return opened;
    };

    beforeEach(async () => {
      installation = await (open as NonNullable<typeof open>)();
      client = createClient(installation.port, 64);
    });

    afterEach(async () => {
      for (const { client: socket } of talks.splice(0)) socket.socket.terminate();
      client.close();
      await installation.stop();
    });

    test('1,000 purchases over sockets and 1,000 over HTTP share 1,000 tickets, and all subscribers see the stock fall to 0', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'both', total: 1000 });
      const watchers = await Promise.all(Array.from({ length: 8 }, () => talk()));
      for (const watcher of watchers) {
        expect(await watcher.ask({ type: 'subscribe', saleId: 'both' })).toMatchObject({ type: 'subscribed' });
      }
      const buyers = await inParallel(1000, 50, (n) => talk(`socket-${n}`));

      const [overSockets, overHttp] = await Promise.all([
        inParallel(1000, 500, async (n) => {
          const frame = { type: 'purchase', saleId: 'both', idempotencyKey: 'one' };
          const reply = await buyers[n]?.ask(frame);
          return { userId: `socket-${n}`, status: reply?.status, body: reply?.body };
        }),
        inParallel(1000, 64, async (n) => {
          const userId = `http-${n}`;
          const { status, body } = await client.purchase({
            saleId: 'both',
            token: workspace.tokenOf(userId),
            key: 'one',
          });
          return { userId, status, body: JSON.parse(body) as unknown };
        }),
      ]);
      await Promise.all(watchers.map((watcher) => watcher.until(() => watcher.stocks.at(-1)?.remaining === 0)));

      const answers = [...overSockets, ...overHttp];
      const won = answers.filter(({ status }) => status === 201);
      const lost = answers.filter(({ status }) => status === 409);
      expect([won.length, lost.length]).toEqual([1000, 1000]);
      expect(new Set(lost.map(({ body }) => (body as Problem).code))).toEqual(new Set(['sold_out']));
      for (const { userId, body } of won) expect(body).toMatchObject({ userId, saleId: 'both', state: 'reserved' });
      expect(new Set(won.flatMap(({ body }) => (body as { tickets: number[] }).tickets)).size).toBe(1000);
      for (const { stocks } of watchers) {
        expect(stocks[0]).toMatchObject({ saleId: 'both', total: 1000, remaining: 1000, phase: 'live' });
        expect(stocks.at(-1)).toMatchObject({ remaining: 0, phase: 'sold_out' });
        for (const [n, { version, remaining, serverTime }] of stocks.entries()) {
          const before = stocks[n - 1];
          expect(version).toBeGreaterThanOrEqual(before?.version ?? 0);
          expect(remaining).toBeLessThanOrEqual(before?.remaining ?? 1000);
          const secondBefore = stocks[n - FRAMES_PER_SECOND]?.serverTime ?? new Date(0).toISOString();
          expect(Date.parse(serverTime) - Date.parse(secondBefore)).toBeGreaterThan(1000 - ROUNDING_MS);
        }
      }

      // The same key over the other protocol gets the same order.
      const first = won.find(({ userId }) => userId.startsWith('socket-'));
      const userId = first?.userId ?? '';
      const again = await client.purchase({ saleId: 'both', token: workspace.tokenOf(userId), key: 'one' });
      expect(JSON.parse(again.body)).toEqual(first?.body);
      expect(again.headers['idempotent-replayed']).toBe('true');
    });

    test('a buyer gets every change of an order on every socket, and all subscribers get the returned ticket', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'life', total: 10, perBuyerLimit: 2 });
      const [one, two, other] = [await talk('anna'), await talk('anna'), await talk('bert')];
      await other.ask({ type: 'subscribe', saleId: 'life' });
      const token = workspace.tokenOf('anna');
      const ids: string[] = [];
      for (const key of ['first', 'second']) {
        const { body } = await client.purchase({ saleId: 'life', token, key });
        ids.push(JSON.parse(body).id);
      }
      await other.until(() => other.stocks.at(-1)?.remaining === 8);
      expect((await client.call('POST', `/v1/orders/${ids[0]}/pay`, token)).status).toBe(200);
      expect((await client.call('POST', `/v1/orders/${ids[1]}/cancel`, token)).status).toBe(200);

      for (const socket of [one, two]) {
        await socket.until(() => socket.orders.length === 2);
        expect(new Map(socket.orders.map(({ id, state }) => [id, state]))).toEqual(
          new Map([
            [ids[0], 'paid'],
            [ids[1], 'cancelled'],
          ]),
        );
      }
      await other.until(() => other.stocks.at(-1)?.remaining === 9);
      expect(other.orders).toEqual([]);
    });

    test('a sale opens for all subscribers at its time and not before', async () => {
      const { workspace } = installation;
      // Time to publish and to connect.
      const opensAt = Date.now() + 6000;
      await workspace.publish({ id: 'opening', total: 10, opensAt, closesAt: opensAt + 2000 });
      const watchers = await Promise.all(Array.from({ length: 4 }, () => talk()));
      for (const watcher of watchers) await watcher.ask({ type: 'subscribe', saleId: 'opening' });
      await Promise.all(watchers.map((watcher) => watcher.until(() => watcher.stocks.at(-1)?.phase === 'ended')));
      for (const { stocks } of watchers) {
        expect([...new Set(stocks.map(({ phase }) => phase))]).toEqual(['upcoming', 'live', 'ended']);
        // The phase that follows from the frame's own time.
        expect(stocks.map(({ phase }) => phase)).toEqual(
          stocks.map(({ serverTime }) => phaseAt(Date.parse(serverTime) - opensAt)),
        );
      }
    });

    test('bad frames are answered or close their own socket, and others are not affected', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'hostile', total: 10 });
      const witness = await talk('witness');
      await witness.ask({ type: 'subscribe', saleId: 'hostile' });

      const socket = await talk();
      socket.client.send('not JSON');
      socket.client.send('{"type":"ping"}');
      await socket.until(() => socket.errors.length === 2);
      expect(socket.errors.map(({ status }) => status)).toEqual([400, 422]);
      const problemOf = async (frame: object) => ((await socket.ask(frame)).body as Problem).code;
      expect(await problemOf({ type: 'pig' })).toBe('invalid');
      expect(await problemOf({ type: 'auth', token: 'nonsense' })).toBe('unauthenticated');
      expect(await problemOf({ type: 'subscribe', saleId: 'nowhere' })).toBe('not_found');
      expect(await problemOf({ type: 'purchase', saleId: 'hostile' })).toBe('unauthenticated');
      expect(await socket.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });

      const closedAfter = async (send: (hostile: LiveTalk) => void) => {
        const hostile = await talk();
        send(hostile);
        return (await hostile.client.closed).code;
      };
      expect(await closedAfter(({ client: hostile }) => hostile.send(Buffer.from([1]), { binary: true }))).toBe(1003);
      expect(await closedAfter(({ client: hostile }) => hostile.send('x'.repeat(17_000)))).toBe(1009);
      // So long a frame is not read to its end.
      expect([1006, 1009]).toContain(await closedAfter(({ client: hostile }) => hostile.send('x'.repeat(1_000_000))));
      const flood = ({ client: hostile }: LiveTalk) => {
        for (let n = 0; n < 10_000; n += 1) hostile.send(`{"type":"ping","id":${n}}`);
      };
      expect(await closedAfter(flood)).toBe(1008);

      expect(await witness.ask({ type: 'purchase', saleId: 'hostile' })).toMatchObject({ status: 201 });
      await witness.until(() => witness.stocks.at(-1)?.remaining === 9);
      expect((await client.get('/healthz')).status).toBe(200);
    });
  });
});

/** The phase of a sale that is open for two seconds. */
function phaseAt(msAfterOpening: number): string {
  if (msAfterOpening < 0) return 'upcoming';
  return msAfterOpening < 2000 ? 'live' : 'ended';
}
