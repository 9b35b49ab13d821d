import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../simulator/core/random.ts';
import { type Answer, type Client, createClient } from '../support/http-client.ts';
import type { Click, Notebook } from './notebook.ts';

export interface BuyerOptions {
  readonly port: number;
  readonly seed: number;
  readonly count: number;
  readonly tokenOf: (userId: string) => string;
  /** The sale that a buyer turns to at this moment. */
  readonly saleAt: (random: Random) => string;
  readonly perBuyerLimit: number;
  /** How many tickets clicks ask for, each as often. @default one */
  readonly quantities?: readonly number[];
  readonly notebook: Notebook;
  /** Share of buyers with an order who pay, and who cancel; the others do nothing. @default a half and a quarter */
  readonly intents?: { readonly pay: number; readonly cancel: number };
  /** How long a buyer waits for an answer. @default 6 s, longer than a purchase takes to be answered 503 */
  readonly patienceMs?: number;
  /** Called for each request that is answered or given up, with the milliseconds since it was sent. */
  readonly answered?: (what: 'purchase' | 'pay' | 'cancel', answer: Answer | undefined, ms: number) => void;
}

export interface Buyers {
  /** Ends the clicks; resolves when the last one has been answered or given up. */
  stop(): Promise<void>;
  /** Repeats every click without a definite answer until it has one, and some of the others. */
  settle(giveUpAfterMs: number): Promise<void>;
}

/** Longer than a front takes to answer 503, so that an answer is missing only where a connection broke. */
const PATIENCE_MS = 6000;
const THINK_MS = [10, 150] as const;
const RETRY_MS = [50, 600] as const;
const INTENTS = { pay: 0.5, cancel: 0.25 } as const;
/** Share of answered clicks that are repeated. */
const REPEATED = 0.15;
/** Clicks at once when open ones are settled at the end. */
const SETTLE_WIDTH = 16;

/** Buyers who want more than the limit, retry soon, and repeat clicks that were answered. */
export function startBuyers({
  port,
  seed,
  count,
  tokenOf,
  saleAt,
  perBuyerLimit,
  quantities = [1],
  notebook,
  intents = INTENTS,
  patienceMs = PATIENCE_MS,
  answered,
}: BuyerOptions): Buyers {
  const client: Client = createClient(port, count, { timeoutMs: patienceMs });
  const { pay, cancel } = intents;
  let stopped = false;

  const ask = async (what: 'purchase' | 'pay' | 'cancel', asked: Promise<Answer>): Promise<Answer | undefined> => {
    const sentAt = performance.now();
    const answer = await asked.catch(() => undefined);
    answered?.(what, answer, performance.now() - sentAt);
    const code = answer === undefined || answer.status < 400 ? '' : ` ${codeOf(answer)}`;
    notebook.count(answer === undefined ? 'no answer' : `${answer.status}${code}`);
    return answer;
  };

  const send = async (click: Click): Promise<void> => {
    const { saleId, userId, key, quantity } = click;
    const answer = await ask('purchase', client.purchase({ saleId, token: tokenOf(userId), key, quantity }));
    if (answer?.status === 201) notebook.bought(click, answer.body);
    else if (answer?.status === 409) notebook.refused(click, codeOf(answer));
    else if (answer !== undefined && answer.status !== 503) {
      notebook.wrong.push(`${userId} ${key}: ${answer.status} ${answer.body}`);
    }
  };

  const end = async (click: Click, verb: 'pay' | 'cancel', random: Random): Promise<void> => {
    const path = `/v1/orders/${click.order?.id}/${verb}`;
    for (;;) {
      const answer = await ask(verb, client.call('POST', path, tokenOf(click.userId)));
      if (answer?.status === 200) click.end = verb === 'pay' ? 'paid' : 'cancelled';
      else if (answer?.status === 404) notebook.wrong.push(`${click.userId} ${click.key}: ${verb} was answered 404`);
      if (stopped || (answer !== undefined && answer.status !== 503)) return;
      await delay(random.between(...RETRY_MS));
    }
  };

  /** One click, repeated until it has a definite answer; then the buyer pays, cancels or does nothing. */
  const buy = async (click: Click, random: Random): Promise<void> => {
    await send(click);
    while (!stopped && click.outcome === 'unknown') {
      await delay(random.between(...RETRY_MS));
      await send(click);
    }
    if (random.chance(REPEATED)) await send(click);
    const intent = random.next();
    if (click.outcome === 'bought' && intent < pay + cancel) await end(click, intent < pay ? 'pay' : 'cancel', random);
  };

  const shop = async (lane: number): Promise<void> => {
    const random = new Random(seed * 1000 + lane);
    for (let visit = 0; !stopped; visit += 1) {
      const saleId = saleAt(random);
      for (let n = 0; n <= perBuyerLimit && !stopped; n += 1) {
        const userId = `buyer-${seed}-${lane}-${visit}`;
        await buy(notebook.click(saleId, userId, `click-${n}`, random.pick(quantities)), random);
        await delay(random.between(...THINK_MS));
      }
    }
  };

  const lanes = Promise.all(Array.from({ length: count }, (_, lane) => shop(lane)));
  return {
    stop: async () => {
      stopped = true;
      await lanes;
    },
    settle: async (giveUpAfterMs) => {
      const giveUpAt = performance.now() + giveUpAfterMs;
      const random = new Random(seed);
      const open = notebook.clicks.filter(
        ({ outcome }) => outcome === 'unknown' || (outcome === 'bought' && random.chance(REPEATED)),
      );
      const lane = async () => {
        for (let click = open.pop(); click !== undefined; click = open.pop()) {
          await send(click);
          while (click.outcome === 'unknown' && performance.now() < giveUpAt) {
            await delay(RETRY_MS[0]);
            await send(click);
          }
          if (click.outcome === 'unknown') notebook.wrong.push(`${click.userId} ${click.key}: no definite answer`);
        }
      };
      await Promise.all(Array.from({ length: SETTLE_WIDTH }, lane));
      client.close();
    },
  };
}

function codeOf({ body }: Answer): string {
  try {
    return String((JSON.parse(body) as { code?: unknown }).code);
  } catch {
    return 'without a code';
  }
}
