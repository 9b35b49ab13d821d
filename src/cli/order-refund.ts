import { serialiseRefund } from '../api/orders/refund-routes.ts';
import { MAX_REASON } from '../api/orders/refund-schema.ts';
import { refundOnce } from '../app/commands/orders.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { Refund, RefundResult } from '../ports/order-payments.ts';
import { describeRefund } from './order-table.ts';

export interface RefundOptions {
  readonly reason?: string | undefined;
  readonly amount?: string | undefined;
  readonly key?: string | undefined;
  readonly 'return-tickets'?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The name that a refund has for who requested it. */
const BY = 'floodgate order';

/** Requests a refund, and prints it. Errors: Fault `config` if the arguments are wrong or it is refused. */
export async function refund([orderId = '', ...more]: readonly string[], options: RefundOptions): Promise<void> {
  if (orderId === '' || more.length > 0) throw new Fault('config', 'the order is missing: floodgate order refund <id>');
  const { amount, key, json = false, 'return-tickets': returnTickets = false } = options;
  const reason = options.reason?.trim() ?? '';
  if (reason === '' || reason.length > MAX_REASON)
    throw new Fault('config', `--reason must be 1 to ${MAX_REASON} characters`);
  if (amount !== undefined && !/^[1-9]\d{0,14}$/.test(amount)) {
    throw new Fault('config', '--amount must be a whole number of minor units from 1 on');
  }
  const asked = amount === undefined ? {} : { amount: Number(amount) };
  const command = { ...asked, reason, returnTickets, by: BY, key };
  const refunded = refundIn(orderId, await refundOnce(orderId.toUpperCase(), command, loadConfig()));
  process.stdout.write(json ? `${serialiseRefund(refunded)}\n` : describeRefund(refunded));
}

/** Errors: Fault `config` if it was refused. */
function refundIn(orderId: string, result: RefundResult): Refund {
  switch (result.kind) {
    case 'refunded':
      return result.refund;
    case 'unknownOrder':
      throw new Fault('config', `there is no stored order ${orderId}`);
    case 'idTaken':
      throw new Fault('config', 'the key was used for another refund');
    case 'notRefundable':
      throw new Fault('config', `order ${orderId} is ${result.order.state}, or all that was paid is given back`);
    case 'tooMuch':
      throw new Fault('config', `--amount must be at most ${result.left}: no more is left`);
    case 'keepsMoney':
      throw new Fault('config', `--amount must be ${result.left}, or left out, if the tickets are returned`);
  }
}
