import type { Capture, RefundDue } from '../../../src/ports/order-payments.ts';

interface Mismatch {
  readonly capture: Capture;
  refund: 'none' | 'due' | 'done';
}

/** Captures that were not of their order's total; a repeated one is one. */
export class MemoryMismatches {
  readonly #all = new Map<string, Mismatch>();

  add(capture: Capture, paymentKnown: boolean): void {
    const { paymentId, orderId, amount } = capture;
    const key = JSON.stringify([paymentId, orderId, amount.amount, amount.currency]);
    if (this.#all.has(key)) return;
    const isKnown = paymentKnown || this.#ofPayment(paymentId).length > 0;
    this.#all.set(key, { capture, refund: isKnown ? 'none' : 'due' });
  }

  /** The right capture of the payment has arrived. */
  supersede(paymentId: string): void {
    this.#settle(paymentId, 'none');
  }

  refunded(paymentId: string): void {
    this.#settle(paymentId, 'done');
  }

  due(): readonly { readonly at: number; readonly due: RefundDue }[] {
    return [...this.#all.values()]
      .filter(({ refund }) => refund === 'due')
      .map(({ capture: { paymentId, orderId, amount, at } }) => {
        const due: RefundDue = { id: paymentId, kind: 'payment', paymentId, orderId, amount };
        return { at, due };
      });
  }

  of(isOfSale: (orderId: string) => boolean): { readonly mismatched: number; readonly refunded: number } {
    const all = [...this.#all.values()].filter(({ capture }) => isOfSale(capture.orderId));
    return { mismatched: all.length, refunded: all.filter(({ refund }) => refund !== 'none').length };
  }

  #settle(paymentId: string, refund: 'none' | 'done'): void {
    for (const one of this.#ofPayment(paymentId)) if (one.refund === 'due') one.refund = refund;
  }

  #ofPayment(paymentId: string): readonly Mismatch[] {
    return [...this.#all.values()].filter(({ capture }) => capture.paymentId === paymentId);
  }
}
