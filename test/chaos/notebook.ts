import type { Answer } from '../support/http-client.ts';

/** One click of one buyer, including its repetitions. */
export interface Click {
  readonly saleId: string;
  readonly userId: string;
  readonly key: string;
  /** How many tickets it asks for. */
  readonly quantity: number;
  /** `unknown` until there is a definite answer. */
  outcome: 'unknown' | 'bought' | 'refused';
  /** The first 201, byte for byte. */
  body?: string;
  order?: { readonly id: string; readonly tickets: readonly number[] };
  /** The end state that the buyer was told. */
  end?: 'paid' | 'cancelled';
}

export interface Pause {
  readonly saleId: string;
  readonly from: number;
  readonly to: number;
}

/** All answers that buyers got during a run, and those that can't be right. */
export class Notebook {
  readonly clicks: Click[] = [];
  /** Answers by status and problem code, and `no answer`. */
  readonly answers = new Map<string, number>();
  readonly wrong: string[] = [];
  /** Times between the answer to a pause and the request to resume, milliseconds since 1970. */
  readonly pauses: Pause[] = [];
  /** What admins were told is given back, in minor units: by order, and by the key of the request. */
  readonly refunds = new Map<string, Map<string, number>>();
  #lastSaleAt = performance.now();
  #longestDroughtMs = 0;

  /** Longest time without a 201 so far, milliseconds. */
  longestDroughtMs(): number {
    return Math.max(this.#longestDroughtMs, performance.now() - this.#lastSaleAt);
  }

  /** An answer to a refund that was requested with this key. */
  refund(orderId: string, key: string, { status, body }: Answer): void {
    const known = this.refunds.get(orderId) ?? new Map<string, number>();
    const answer = JSON.parse(body) as { readonly code?: string; readonly amount?: { readonly amount: number } };
    const amount = answer.amount?.amount;
    if (status === 202 && amount !== undefined) {
      if ((known.get(key) ?? amount) !== amount) this.wrong.push(`refund ${key} of ${orderId}: ${body}`);
      this.refunds.set(orderId, known.set(key, amount));
    } else if (known.has(key) || (status !== 409 && status !== 422)) {
      this.wrong.push(`refund ${key} of ${orderId}: ${status} ${body}`);
    }
  }

  click(saleId: string, userId: string, key: string, quantity = 1): Click {
    const click: Click = { saleId, userId, key, quantity, outcome: 'unknown' };
    this.clicks.push(click);
    return click;
  }

  count(answer: string): void {
    this.answers.set(answer, this.counted(answer) + 1);
  }

  counted(answer: string): number {
    return this.answers.get(answer) ?? 0;
  }

  bought(click: Click, body: string): void {
    this.#longestDroughtMs = this.longestDroughtMs();
    this.#lastSaleAt = performance.now();
    if (click.body === undefined) {
      click.outcome = 'bought';
      click.body = body;
      click.order = JSON.parse(body) as { id: string; tickets: number[] };
    } else if (click.body !== body) {
      this.wrong.push(`${click.userId} ${click.key}: first ${click.body}, then ${body}`);
    }
  }

  refused(click: Click, why: string): void {
    if (click.outcome === 'bought') this.wrong.push(`${click.userId} ${click.key}: bought, then ${why}`);
    else click.outcome = 'refused';
  }
}
