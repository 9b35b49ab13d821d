import { deferrable } from '../op.ts';
import { capture, endHold, holdForPayment, notRebooked, rebooked } from './payments.ts';
import { refund, refunded } from './refunds.ts';
import { store } from './store.ts';
import { returned, transition } from './transition.ts';

/** A buyer or an admin waits for pay, cancel, capture and refund. The others are deferrable: they must not cost a commit of their own. */
export const ORDER_OPS = {
  'orders.store': deferrable(store),
  'orders.transition': transition,
  'orders.expire': deferrable(transition),
  'orders.returned': deferrable(returned),
  'orders.holdForPayment': holdForPayment,
  'orders.endHold': endHold,
  'orders.capture': capture,
  'orders.rebooked': deferrable(rebooked),
  'orders.notRebooked': deferrable(notRebooked),
  'orders.refund': refund,
  'orders.refunded': deferrable(refunded),
};
