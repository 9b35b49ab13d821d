import type { Money } from '../../../src/domain/money.ts';
import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { PaymentEvent, PaymentRefund, Payments, WebhookRefusal } from '../../../src/ports/payments.ts';
import type { Bugs } from '../bugs.ts';
import type { Network, Server } from '../core/network.ts';
import type { Process } from '../core/process.ts';
import type { World } from '../core/world.ts';

/** Events are retried without a limit, as a provider does for days. */
const RETRY_MS = [300, 3000] as const;
/** Delay between a charge and its event. */
const EVENT_DELAY_MS = [5, 2500] as const;
const TWICE = 0.15;
const SIGNATURE = 'the provider';

interface Payment {
  readonly orderId: string;
  readonly amount: Money;
  /** Minor units, by the id of the refund. */
  readonly refunds: Map<string, number>;
}

/** Charges payments and delivers their events later, possibly more than once; refunds at most once. */
export class PaymentProvider {
  readonly payments = new Map<string, Payment>();
  #undelivered = 0;

  constructor(
    private readonly world: World,
    private readonly bugs: Bugs,
    /** Delivers an event to some front; rejects if it was not accepted. */
    private readonly post: (signature: string, body: Uint8Array) => Promise<void>,
  ) {}

  /** Whether all events were delivered. */
  get idle(): boolean {
    return this.#undelivered === 0;
  }

  /** The port, as a process sees it. */
  clientOf(process: Process, network: Network, server: Server): Payments {
    return {
      charge: (order) => network.call(process, server, 'charge', async () => this.#charge(order), order.id),
      refund: (refund) => network.call(process, server, 'refund', async () => this.#refund(refund), refund.paymentId),
      read,
    };
  }

  #charge(order: Pick<Order, 'id' | 'tickets' | 'price'>): void {
    const { id: orderId } = order;
    const amount = totalOf(order);
    const paymentId = `pay_${orderId}`;
    const { random } = this.world;
    if (!this.payments.has(paymentId)) this.payments.set(paymentId, { orderId, amount, refunds: new Map() });
    // Also for a repeated charge: the client may have missed the first answer.
    const deliveries = random.chance(TWICE) ? 2 : 1;
    for (let n = 0; n < deliveries; n += 1) {
      this.#undelivered += 1;
      this.world.after(random.between(...EVENT_DELAY_MS), () => this.#notify({ paymentId, orderId, amount }));
    }
  }

  #refund({ id, kind, paymentId, amount }: PaymentRefund): void {
    const payment = this.payments.get(paymentId);
    const key = `${kind} ${id}`;
    if (payment === undefined || (payment.refunds.has(key) && !this.bugs.has('refundTwice'))) return;
    payment.refunds.set(payment.refunds.has(key) ? `${key} again ${payment.refunds.size}` : key, amount.amount);
  }

  #notify(about: Pick<PaymentEvent, 'paymentId' | 'orderId' | 'amount'>): void {
    const event: PaymentEvent = { id: `evt_${about.paymentId}`, type: 'captured', ...about };
    const again = () => this.world.after(this.world.random.between(...RETRY_MS), () => this.#notify(about));
    this.post(SIGNATURE, new TextEncoder().encode(JSON.stringify(event))).then(() => {
      this.#undelivered -= 1;
    }, again);
  }
}

function read(signature: string, body: Uint8Array): PaymentEvent | WebhookRefusal {
  if (signature !== SIGNATURE) return 'signature';
  return JSON.parse(new TextDecoder().decode(body)) as PaymentEvent;
}
