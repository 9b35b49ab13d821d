import pLimit from 'p-limit';
import { Fault } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Payments } from '../../ports/payments.ts';
import { deliver } from './deliver.ts';
import { capturedEvent, parseEvent } from './event.ts';
import { sign, signatureError } from './signature.ts';

export interface PaymentSandboxOptions {
  /** Where webhooks are sent; a function if the address is not known yet. */
  readonly webhookUrl: string | (() => string);
  /** Key of the signatures, shared by sender and receiver. */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
  /** @default Node's own, which keeps connections alive */
  readonly fetch?: typeof fetch;
}

// Each takes a connection of a front that also serves buyers, and its time limit begins when it is sent: more at once would
// wait for each other at the front, and be sent again while they are still being processed.
const MAX_DELIVERIES = 32;

/** As long as a front waits for a charge. One that has not been sent by then has no caller any more. */
const SEND_WITHIN_MS = 6000;

/**
 * A payment provider that accepts every payment and moves no money: for trials, demonstrations and tests. It stores
 * nothing, because all of its answers follow from the order.
 */
export function createPaymentSandbox(options: PaymentSandboxOptions): Payments {
  const { webhookUrl, secret, clock, fetch: send = fetch } = options;
  const limit = pLimit(MAX_DELIVERIES);

  return {
    async charge(order) {
      const body = capturedEvent(order, clock.now());
      const late = AbortSignal.timeout(SEND_WITHIN_MS);
      await limit(() => {
        if (late.aborted) throw new Fault('full', 'too many charges are waiting for the sandbox');
        return deliver({
          url: typeof webhookUrl === 'string' ? webhookUrl : webhookUrl(),
          body,
          sign: () => sign(secret, body, Math.floor(clock.now() / 1000)),
          fetch: send,
        });
      });
    },

    // No money was taken, so there is none to give back.
    async refund() {},

    read(signature, body) {
      return signatureError(secret, { header: signature, body }, clock.now()) ?? parseEvent(body) ?? 'body';
    },
  };
}
