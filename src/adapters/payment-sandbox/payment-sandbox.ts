import type { Clock } from '../../ports/clock.ts';
import type { Payments } from '../../ports/payments.ts';
import { deliver } from './deliver.ts';
import { capturedEvent, parseEvent } from './event.ts';
import { createLimiter } from './limiter.ts';
import { distrust, sign } from './signature.ts';

export interface PaymentSandboxOptions {
  /** Where messages go; a function when it is not known yet. */
  readonly webhookUrl: string | (() => string);
  /** Key of the signatures, shared by who sends and who receives. */
  readonly secret: string;
  readonly clock: Pick<Clock, 'now'>;
  /** @default Node's own, which keeps connections alive */
  readonly fetch?: typeof fetch;
}

// Each takes a connection of a front that has buyers to serve, and its time runs from here on: more at once would wait for
// each other at the front, and be sent again while they are worked on.
const DELIVERIES_AT_ONCE = 32;

/**
 * A payment provider that takes every payment and has no money: for trials, demonstrations and tests. It keeps nothing,
 * because all that it says follows from the order.
 */
export function createPaymentSandbox(options: PaymentSandboxOptions): Payments {
  const { webhookUrl, secret, clock, fetch: send = fetch } = options;
  const limited = createLimiter(DELIVERIES_AT_ONCE);

  return {
    async charge(order) {
      const body = capturedEvent(order, clock.now());
      await limited(() =>
        deliver({
          url: typeof webhookUrl === 'string' ? webhookUrl : webhookUrl(),
          body,
          sign: () => sign(secret, body, Math.floor(clock.now() / 1000)),
          fetch: send,
        }),
      );
    },

    // No money came, so none has to go: giving it back twice is giving it back once.
    async refund() {},

    read(signature, body) {
      return distrust(secret, { header: signature, body }, clock.now()) ?? parseEvent(body) ?? 'body';
    },
  };
}
