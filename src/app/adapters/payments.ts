import { createHmac } from 'node:crypto';
import { createPaymentSandbox } from '../../adapters/payment-sandbox/payment-sandbox.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Config } from '../../config.ts';
import type { Payments } from '../../ports/payments.ts';

const WEBHOOK = '/v1/webhooks/payments';

/** Purpose from which the webhook key is derived: a key that signs tokens must not sign anything else. */
const PURPOSE = 'floodgate payment webhook';

export interface PaymentsOptions {
  /** Signs tokens; the webhook key is derived from it unless one is set. */
  readonly jwtSecret: string;
  /** Where this process's own front listens. */
  readonly frontUrl: () => string;
}

/** The payment provider: the sandbox, which reports captures to this installation's own webhook. */
export function openPayments(
  { payments }: Pick<Config, 'payments'>,
  { jwtSecret, frontUrl }: PaymentsOptions,
): Payments {
  return createPaymentSandbox({
    secret: payments.webhookSecret ?? webhookSecretOf(jwtSecret),
    webhookUrl: payments.webhookUrl ?? (() => frontUrl() + WEBHOOK),
    clock: systemClock,
  });
}

export function webhookSecretOf(jwtSecret: string): string {
  return createHmac('sha256', jwtSecret).update(PURPOSE).digest('hex');
}
