import { createPaymentSandbox } from '../../../src/adapters/payment-sandbox/payment-sandbox.ts';
import { sign } from '../../../src/adapters/payment-sandbox/signature.ts';
import { paymentsContract } from './suite.ts';

const secret = 'a secret for tests only, long enough';

paymentsContract('the sandbox', ({ webhookUrl, clock }) => ({
  payments: createPaymentSandbox({ webhookUrl, secret, clock }),
  sign: (body) => sign(secret, body, Math.floor(clock.now() / 1000)),
}));
