import { deferrable } from '../op.ts';
import { capture, refunded } from './payments.ts';
import { store } from './store.ts';
import { returned, transition } from './transition.ts';

/** A buyer waits for pay, cancel and capture. The others are deferrable: they must not cost a commit of their own. */
export const ORDER_OPS = {
  'orders.store': deferrable(store),
  'orders.transition': transition,
  'orders.expire': deferrable(transition),
  'orders.returned': deferrable(returned),
  'orders.capture': capture,
  'orders.refunded': deferrable(refunded),
};
