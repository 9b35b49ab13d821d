import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../simulator/core/random.ts';
import { type Answer, type Client, createClient } from '../support/http-client.ts';
import type { Click, Notebook } from './notebook.ts';

export interface BuyerOptions {
  readonly port: number;
  readonly seed: number;
  readonly count: number;
  readonly tokenOf: (userId: string) => string;
  /** Which sale is looked at now. */
  readonly saleAt: (random: Random) => string;
  readonly perBuyerLimit: number;
  readonly notebook: Notebook;
  /** Share of those who bought that pay, and that cancel; the others do nothing. @default a half and a quarter */
  readonly moods?: { readonly pay: number; readonly cancel: number };
  /** How long they wait for an answer. @default longer than the program takes to say 503 to a purchase, 6 s */
  readonly patienceMs?: number;
  /** Told of each request that has an answer, or has been given up; milliseconds since it was sent. */
  readonly answered?: (what: 'purchase' | 'pay' | 'cancel', answer: Answer | undefined, ms: number) => void;
}

export interface Buyers {
  /** No more clicks; resolves when the last one has been given up or answered. */
  stop(): Promise<void>;
  /** Repeats every click that got no clear answer until it gets one, and some that got one. */
  settle(giveUpAfterMs: number): Promise<void>;
}

/** Longer than the program takes to say 503, so that an answer is missed only where a connection is. */
const PATIENCE_MS = 6000;
const THINK_MS = [10, 150] as const;
const RETRY_MS = [50, 600] as const;
const MOODS = { pay: 0.5, cancel: 0.25 } as const;
/** Of those who were answered, send the same again to be sure. */
const DOUBT = 0.15;
/** Clicks at once when what is open is settled at the end. */
const SETTLE_WIDTH = 16;

/** People: impatient, greedy, and never sure whether it worked. */
export function startBuyers({
  port,
  seed,
  count,
  tokenOf,
  saleAt,
  perBuyerLimit,
  notebook,
  moods = MOODS,
  patienceMs = PATIENCE_MS,
  answered,
}: BuyerOptions): Buyers {
  const client: Client = createClient(port, count, { timeoutMs: patienceMs });
  const { pay, cancel } = moods;
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
    const { saleId, userId, key } = click;
    const answer = await ask('purchase', client.purchase({ saleId, token: tokenOf(userId), key }));
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
      else if (answer?.status === 404) notebook.wrong.push(`${click.userId} ${click.key}: ${verb} says 404`);
      if (stopped || (answer !== undefined && answer.status !== 503)) return;
      await delay(random.between(...RETRY_MS));
    }
  };

  /** One click, repeated until it is answered; what then comes of it is up to the buyer's mood. */
  const buy = async (click: Click, random: Random): Promise<void> => {
    await send(click);
    while (!stopped && click.told === 'unknown') {
      await delay(random.between(...RETRY_MS));
      await send(click);
    }
    if (random.chance(DOUBT)) await send(click);
    const mood = random.next();
    if (click.told === 'bought' && mood < pay + cancel) await end(click, mood < pay ? 'pay' : 'cancel', random);
  };

  const shop = async (lane: number): Promise<void> => {
    const random = new Random(seed * 1000 + lane);
    for (let visit = 0; !stopped; visit += 1) {
      const saleId = saleAt(random);
      for (let n = 0; n <= perBuyerLimit && !stopped; n += 1) {
        await buy(notebook.click(saleId, `buyer-${seed}-${lane}-${visit}`, `click-${n}`), random);
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
        ({ told }) => told === 'unknown' || (told === 'bought' && random.chance(DOUBT)),
      );
      const lane = async () => {
        for (let click = open.pop(); click !== undefined; click = open.pop()) {
          await send(click);
          while (click.told === 'unknown' && performance.now() < giveUpAt) {
            await delay(RETRY_MS[0]);
            await send(click);
          }
          if (click.told === 'unknown') notebook.wrong.push(`${click.userId} ${click.key}: never a clear answer`);
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
