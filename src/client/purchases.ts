import type { OrderJson, ProblemJson } from './protocol.ts';

/** The same answer as to a purchase over HTTP. */
export type PurchaseAnswer =
  | { readonly status: 201; readonly body: OrderJson; readonly idempotencyKey: string }
  | { readonly status: number; readonly body: ProblemJson; readonly idempotencyKey: string };

/** Whether the answer is an order. */
export function isBought(answer: PurchaseAnswer): answer is Extract<PurchaseAnswer, { readonly status: 201 }> {
  return answer.status === CREATED;
}

const CREATED = 201;

/** There was no answer in time. If it was `sent`, the purchase may have succeeded; repeating it with the same key is safe. */
export class PurchaseUnanswered extends Error {
  override readonly name = 'PurchaseUnanswered';

  constructor(
    readonly saleId: string,
    readonly idempotencyKey: string,
    /** Whether it was sent at all; if not, nothing was bought. */
    readonly sent: boolean,
    reason: string,
  ) {
    super(`${sent ? 'the outcome of the purchase is unknown' : 'the purchase was not sent'}: ${reason}`);
  }
}

/** What is asked for, as in the frame. */
export interface WantedPurchase {
  readonly saleId: string;
  readonly idempotencyKey: string;
  readonly quantity?: number;
}

interface Attempt {
  readonly wanted: WantedPurchase;
  readonly resolve: (answer: PurchaseAnswer) => void;
  readonly reject: (error: PurchaseUnanswered) => void;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Whether it was sent, on any connection. */
  sent: boolean;
}

export interface PurchasesOptions {
  /** Sends on the current connection and returns the frame's id; undefined while it is not ready for purchases. */
  readonly send: (wanted: WantedPurchase) => number | undefined;
}

/** Unanswered purchases. Each is sent on every new connection, with the same key, until it is answered. */
export class Purchases {
  readonly #options: PurchasesOptions;
  readonly #open = new Set<Attempt>();
  /** Sent on the current connection, by the frame's id. */
  readonly #sent = new Map<number, Attempt>();

  constructor(options: PurchasesOptions) {
    this.#options = options;
  }

  purchase(wanted: WantedPurchase, timeoutMs: number): Promise<PurchaseAnswer> {
    const { saleId, idempotencyKey } = wanted;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(attempt);
        reject(new PurchaseUnanswered(saleId, idempotencyKey, attempt.sent, `no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      const attempt: Attempt = { wanted, resolve, reject, timer, sent: false };
      this.#open.add(attempt);
      this.#send(attempt);
    });
  }

  /** The connection is ready for purchases. */
  ready(): void {
    const sent = new Set(this.#sent.values());
    for (const attempt of this.#open) if (!sent.has(attempt)) this.#send(attempt);
  }

  lost(): void {
    this.#sent.clear();
  }

  /** Returns whether `id` was that of an unanswered purchase; a second answer to the same one is ignored. */
  answered(id: number, status: number, body: OrderJson | ProblemJson): boolean {
    const attempt = this.#sent.get(id);
    if (attempt === undefined) return false;
    this.#forget(attempt);
    // The status determines the type of the body.
    attempt.resolve({ status, body, idempotencyKey: attempt.wanted.idempotencyKey } as PurchaseAnswer);
    return true;
  }

  close(): void {
    for (const attempt of [...this.#open]) {
      this.#forget(attempt);
      const { wanted, sent } = attempt;
      const { saleId, idempotencyKey } = wanted;
      attempt.reject(new PurchaseUnanswered(saleId, idempotencyKey, sent, 'the client was closed'));
    }
  }

  #send(attempt: Attempt): void {
    const id = this.#options.send(attempt.wanted);
    if (id === undefined) return;
    attempt.sent = true;
    this.#sent.set(id, attempt);
  }

  #forget(attempt: Attempt): void {
    clearTimeout(attempt.timer);
    this.#open.delete(attempt);
    for (const [id, other] of this.#sent) if (other === attempt) this.#sent.delete(id);
  }
}
