import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedEvent } from '../../src/adapters/payment-sandbox/event.ts';
import { sign } from '../../src/adapters/payment-sandbox/signature.ts';
import { webhookSecretOf } from '../../src/app/adapters/payments.ts';
import { isFault } from '../../src/domain/errors.ts';
import { type Answer, type Client, createClient, inParallel } from '../support/http-client.ts';
import { INSTALLATIONS, type Installation } from '../support/installation.ts';

interface OrderBody {
  readonly id: string;
  readonly state: string;
  readonly reservedAt: string;
  readonly payBy: string;
}

/** Pause of a buyer who found the sale sold out. */
const TRY_AGAIN_MS = 500;
const SAMPLE_MS = 100;

describe.each(INSTALLATIONS)('the lifecycle of orders on %s', (_name, open) => {
  describe.skipIf(open === undefined)('with every role at work', () => {
    let installation: Installation;
    let client: Client;

    beforeEach(async () => {
      installation = await (open as NonNullable<typeof open>)();
      client = createClient(installation.port, 256);
    });

    afterEach(async () => {
      client.close();
      await installation.stop();
    });

    /** Sends the provider's event that the order's payment is captured; resolves with the answer. */
    const captured = (orderId: string) => {
      const body = capturedEvent({ id: orderId, tickets: [1], price: { amount: 4999, currency: 'EUR' } }, Date.now());
      const signature = sign(
        webhookSecretOf(installation.workspace.env.JWT_SECRET ?? ''),
        body,
        Math.floor(Date.now() / 1000),
      );
      return client.post('/v1/webhooks/payments', body, { 'floodgate-signature': signature });
    };

    const stateOf = async (id: string, token: string): Promise<string> =>
      (JSON.parse((await client.get(`/v1/orders/${id}`, token)).body) as OrderBody).state;

    test('all of 1,000 tickets are paid in the end, though every second buyer lets the order expire', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'unpaid', total: 1000, payWithinSeconds: 2 });
      let paid = 0;
      let expired = 0;

      /** Every second buyer buys and never pays; the others try until they have a paid order or all tickets are paid. */
      const buyer = async (n: number): Promise<void> => {
        const token = workspace.tokenOf(`buyer-${n}`);
        for (let attempt = 1; paid < 1000; attempt += 1) {
          const answer = await client.purchase({ saleId: 'unpaid', token, key: `${n}-${attempt}` });
          if (answer.status === 409) {
            expect(JSON.parse(answer.body)).toMatchObject({ code: 'sold_out' });
            await delay(TRY_AGAIN_MS);
            continue;
          }
          expect(answer.status).toBe(201);
          const { id } = JSON.parse(answer.body) as OrderBody;
          if (n % 2 === 1) {
            expired += 1;
            return;
          }
          const settled = await client.call('POST', `/v1/orders/${id}/pay`, token);
          // On a slow machine the order may have expired; then this buyer tries again.
          if (settled.status === 200) {
            expect(JSON.parse(settled.body)).toMatchObject({ id, state: 'paid' });
            paid += 1;
            return;
          }
          expect(settled.status).toBe(409);
        }
      };

      const sampler = await workspace.sampler('unpaid');
      let selling = true;
      const samples: Awaited<ReturnType<typeof sampler.sample>>[] = [];
      const sampling = (async () => {
        while (selling) {
          // A sample that times out because this process is busy is left out.
          await sampler.sample().then(
            (sample) => samples.push(sample),
            (fault: unknown) => expect(isFault(fault)).toBe(true),
          );
          await delay(SAMPLE_MS);
        }
      })();
      await inParallel(5000, 5000, buyer);
      selling = false;
      await sampling;
      samples.push(await sampler.sample());
      await sampler.close();

      expect(samples.length).toBeGreaterThan(10);
      for (const { held, remaining, live } of samples) {
        expect(held + remaining).toBe(1000);
        expect(live).toBeLessThanOrEqual(1000);
      }
      expect(expired).toBeGreaterThan(0);
      const { orders, held, remaining } = await workspace.inspect('unpaid');
      const paidOrders = orders.filter(({ state }) => state === 'paid');
      expect(paidOrders).toHaveLength(1000);
      expect(new Set(paidOrders.flatMap(({ tickets }) => tickets)).size).toBe(1000);
      expect(paidOrders.every(({ userId }) => Number(userId.replace('buyer-', '')) % 2 === 0)).toBe(true);
      expect(orders.filter(({ state }) => state === 'expired').length).toBeGreaterThanOrEqual(expired);
      expect([held, remaining]).toEqual([1000, 0]);
    });

    /** A 503 means that the outcome is unknown: on a slow machine some of thousands at once get it, and ask again. */
    const untilKnown = async (ask: () => Promise<Answer>): Promise<Answer> => {
      for (;;) {
        const answer = await ask();
        if (answer.status !== 503) return answer;
        await delay(TRY_AGAIN_MS);
      }
    };
    const act = (id: string, verb: 'pay' | 'cancel', token: string) =>
      untilKnown(() => client.call('POST', `/v1/orders/${id}/${verb}`, token));

    test('with pay, cancel and expiry at the same moment each of 2,000 orders has one end state, and all answers agree', async () => {
      const { workspace } = installation;
      await workspace.publish({ id: 'race', total: 2000, payWithinSeconds: 4 });
      const ends = await inParallel(2000, 2000, async (n) => {
        const token = workspace.tokenOf(`racer-${n}`);
        const bought = await client.purchase({ saleId: 'race', token, key: 'one' });
        expect(bought.status).toBe(201);
        const { id, payBy } = JSON.parse(bought.body) as OrderBody;
        // Some before and some after the deadline, so that expiry wins sometimes.
        await delay(Date.parse(payBy) - Date.now() - 300 + (n % 8) * 100);
        // Every third time the provider's event competes directly: the API needs one more hop, and seldom wins.
        const pay = n % 3 === 0 ? untilKnown(() => captured(id)) : act(id, 'pay', token);
        const cancel = act(id, 'cancel', token);
        const [paid, cancelled] = [await pay, await cancel];
        return {
          id,
          token,
          pay: n % 3 === 0 ? undefined : paid.status,
          answered: paid.status,
          cancel: cancelled.status,
        };
      });

      const states = await inParallel(ends.length, 64, async (n) => {
        const { id, token } = ends[n] as (typeof ends)[number];
        return stateOf(id, token);
      });
      ends.forEach(({ id, pay, answered, cancel }, n) => {
        const state = states[n];
        expect([id, cancel]).toEqual([id, state === 'cancelled' ? 200 : 409]);
        // The provider's event is accepted in any case; a buyer gets the outcome.
        if (pay === undefined) expect([id, answered]).toEqual([id, 200]);
        else expect([id, pay]).toEqual([id, state === 'paid' ? 200 : 409]);
      });
      expect([...new Set(states)].sort()).toEqual(['cancelled', 'expired', 'paid']);

      // Late payments are refunded, or buy a ticket again.
      const late = new Set(ends.flatMap(({ id, pay }, n) => (pay === undefined && states[n] !== 'paid' ? [id] : [])));
      const undecided = async () =>
        (await workspace.inspect('race')).orders.filter(
          ({ id, refunded, rebookedAs }) => late.has(id) && refunded === undefined && rebookedAs === undefined,
        );
      const rebooked = async () =>
        (await workspace.inspect('race')).orders.filter(
          ({ rebookOf, state }) => rebookOf !== undefined && state === 'paid',
        );
      await expect.poll(undecided, { timeout: 30_000, interval: 500 }).toEqual([]);
      expect((await rebooked()).length).toBeGreaterThan(0);

      const { orders } = await workspace.inspect('race');
      const asked = new Set(ends.map(({ id }) => id));
      const own = orders.filter(({ id }) => asked.has(id));
      expect(new Map(own.map(({ id, state }) => [id, state]))).toEqual(
        new Map(ends.map(({ id }, n) => [id, states[n]])),
      );
      const paid = states.filter((state) => state === 'paid').length + (await rebooked()).length;
      await expect
        .poll(async () => workspace.inspect('race'), { timeout: 10_000 })
        .toMatchObject({ held: paid, remaining: 2000 - paid });
    });

    test('of 10,000 requests before the opening and 10,000 after it none is served early and none is refused late', async () => {
      const { workspace } = installation;
      // Time to publish and to sign the tokens.
      const opensAt = Date.now() + 6000;
      await workspace.publish({ id: 'opening', total: 20_000, opensAt, closesAt: opensAt + 3_600_000 });
      const tokens = Array.from({ length: 20_000 }, (_, n) => workspace.tokenOf(`early-${n}`));
      await delay(opensAt - 1000 - Date.now());

      const answers = await inParallel(20_000, 256, async (n) => {
        // The first half in the last second before the opening, the second half in the first second after it.
        const due = opensAt - 1000 + n / 10;
        if (due > Date.now()) await delay(due - Date.now());
        const sentAt = Date.now();
        const { status, body } = await client.purchase({ saleId: 'opening', token: tokens[n] as string, key: 'k' });
        return { sentAt, answeredAt: Date.now(), status, body: JSON.parse(body) as OrderBody & { code?: string } };
      });

      for (const { sentAt, answeredAt, status, body } of answers) {
        if (status === 201) expect(Date.parse(body.reservedAt)).toBeGreaterThanOrEqual(opensAt);
        else expect([status, body.code]).toEqual([409, 'not_started']);
        if (answeredAt < opensAt) expect(status).toBe(409);
        // A request 50 ms after the opening must find the sale open.
        if (sentAt >= opensAt + 50) expect(status).toBe(201);
      }
      const sold = answers.filter(({ status }) => status === 201).length;
      expect(sold).toBeGreaterThan(0);
      expect(answers.length - sold).toBeGreaterThan(0);
    });
  });
});
