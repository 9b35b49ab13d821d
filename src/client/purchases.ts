import type { OrderJson, ProblemJson } from './protocol.ts';

/** What the same purchase over HTTP would have been answered. */
export type PurchaseAnswer =
  | { readonly status: 201; readonly body: OrderJson; readonly idempotencyKey: string }
  | { readonly status: number; readonly body: ProblemJson; readonly idempotencyKey: string };

/** Whether there was an order in the answer. */
export function isBought(answer: PurchaseAnswer): answer is Extract<PurchaseAnswer, { readonly status: 201 }> {
  return answer.status === CREATED;
}

const CREATED = 201;

/** Nobody answered in time. The purchase may have succeeded: asking again with the same key is safe. */
export class PurchaseUnanswered extends Error {
  override readonly name = 'PurchaseUnanswered';

  constructor(
    readonly saleId: string,
    readonly idempotencyKey: string,
    reason: string,
  ) {
    super(`the purchase has no answer: ${reason}`);
  }
}

interface Attempt {
  readonly saleId: string;
  readonly idempotencyKey: string;
  readonly resolve: (answer: PurchaseAnswer) => void;
  readonly reject: (error: PurchaseUnanswered) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export interface PurchasesOptions {
  /** Sends on the present connection and returns the frame's id; undefined when there is none that would do. */
  readonly send: (saleId: string, idempotencyKey: string) => number | undefined;
}

/** Purchases that have no answer yet. Each is sent on every connection until it has one, with the same key. */
export class Purchases {
  readonly #options: PurchasesOptions;
  readonly #open = new Set<Attempt>();
  /** Sent on the present connection, by the frame's id. */
  readonly #sent = new Map<number, Attempt>();

  constructor(options: PurchasesOptions) {
    this.#options = options;
  }

  purchase(saleId: string, idempotencyKey: string, timeoutMs: number): Promise<PurchaseAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(attempt);
        reject(new PurchaseUnanswered(saleId, idempotencyKey, `${timeoutMs} ms have gone by`));
      }, timeoutMs);
      const attempt: Attempt = { saleId, idempotencyKey, resolve, reject, timer };
      this.#open.add(attempt);
      this.#send(attempt);
    });
  }

  /** A connection is ready to buy on. */
  ready(): void {
    const sent = new Set(this.#sent.values());
    for (const attempt of this.#open) if (!sent.has(attempt)) this.#send(attempt);
  }

  lost(): void {
    this.#sent.clear();
  }

  /** Whether `id` was a purchase's. A second answer to the same one is nobody's. */
  answered(id: number, status: number, body: OrderJson | ProblemJson): boolean {
    const attempt = this.#sent.get(id);
    if (attempt === undefined) return false;
    this.#forget(attempt);
    // The status says which of the two the body is.
    attempt.resolve({ status, body, idempotencyKey: attempt.idempotencyKey } as PurchaseAnswer);
    return true;
  }

  close(): void {
    for (const attempt of [...this.#open]) {
      this.#forget(attempt);
      attempt.reject(new PurchaseUnanswered(attempt.saleId, attempt.idempotencyKey, 'the client was closed'));
    }
  }

  #send(attempt: Attempt): void {
    const id = this.#options.send(attempt.saleId, attempt.idempotencyKey);
    if (id !== undefined) this.#sent.set(id, attempt);
  }

  #forget(attempt: Attempt): void {
    clearTimeout(attempt.timer);
    this.#open.delete(attempt);
    for (const [id, other] of this.#sent) if (other === attempt) this.#sent.delete(id);
  }
}
