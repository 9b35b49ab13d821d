import { refusalOfToken } from '../auth/access.ts';
import type { Rendered } from '../http/problem.ts';
import { keyOf, refusalOfKey } from '../purchases/idempotency-key.ts';
import { type SubmitPurchaseDeps, submitPurchase } from '../purchases/submit.ts';
import type { BuyerSessions } from './buyer-sessions.ts';
import type { ClientFrame } from './client-frames.ts';
import { purchaseText } from './server-frames.ts';
import type { LiveSession } from './session.ts';

/** Purchases from sockets, until each has its answer. */
export class LivePurchases {
  #inFlight = 0;
  readonly #whenIdle: (() => void)[] = [];

  constructor(
    private readonly deps: SubmitPurchaseDeps,
    private readonly buyers: BuyerSessions,
  ) {}

  /** Checks in the same order as HTTP does: the token, the key, the sale. */
  submit(
    session: LiveSession,
    { saleId, idempotencyKey: sentKey, quantity = 1 }: Extract<ClientFrame, { type: 'purchase' }>,
    id: string,
    requestId: string,
  ): void {
    const reply = (answer: Rendered) => session.socket.send(purchaseText(id, answer));
    const principal = this.buyers.principalOf(session);
    if (typeof principal === 'string') {
      reply(refusalOfToken(principal, requestId));
      return;
    }
    const idempotencyKey = keyOf(sentKey);
    const refused = refusalOfKey(idempotencyKey, requestId);
    if (refused !== undefined) {
      reply(refused);
      return;
    }
    this.#inFlight += 1;
    const { userId } = principal;
    submitPurchase(this.deps, { saleId, userId, idempotencyKey, quantity, requestId }, (answer) => {
      this.#inFlight -= 1;
      reply(answer);
      if (this.#inFlight === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    });
  }

  /** Resolves when every purchase has its answer. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}
