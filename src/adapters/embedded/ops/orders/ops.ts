import { patient } from '../op.ts';
import { capture, refunded } from './payments.ts';
import { store } from './store.ts';
import { returned, transition } from './transition.ts';

/** A buyer waits for pay, cancel and capture; expiry and what is only written down must not cost a commit. */
export const ORDER_OPS = {
  'orders.store': patient(store),
  'orders.transition': transition,
  'orders.expire': patient(transition),
  'orders.returned': patient(returned),
  'orders.capture': capture,
  'orders.refunded': patient(refunded),
};
