import type { Authenticator } from '../api/auth/authenticator.ts';
import type { Operation } from '../api/http/operation.ts';
import type { RateLimits } from '../api/http/rate-limit.ts';
import { createRoutes } from '../api/routes.ts';
import type { IdSource } from '../domain/ids.ts';
import type { Payments } from '../ports/payments.ts';
import { OrderFinder } from '../services/order-finder.ts';
import { Orders } from '../services/orders.ts';
import { PaymentEvents, type PaymentNotice } from '../services/payment-events.ts';
import { Products } from '../services/products.ts';
import { reportOn } from '../services/report.ts';
import { SaleAdmin } from '../services/sale-admin.ts';
import type { Sales } from '../services/sales.ts';
import { SettingsAdmin } from '../services/settings-admin.ts';
import type { Ports } from './adapters/opened.ts';
import { createAudits } from './commands/audit.ts';
import type { Context } from './context.ts';
import type { Purchases } from './purchases.ts';
import type { Readiness } from './readiness.ts';
import { defaultSettings } from './settings.ts';

export interface ApiParts {
  readonly purchases: Purchases;
  readonly sales: Sales;
  readonly payments: Payments;
  readonly auth: Authenticator;
  readonly limits: RateLimits;
  readonly newId: IdSource;
  readonly readiness: () => Promise<Readiness>;
  readonly draining: () => boolean;
}

/** The services that a front needs, and the whole API on them. */
export function createApi(ports: Ports, context: Context, parts: ApiParts): readonly Operation[] {
  const { config, log, metrics } = context;
  const { sales, payments, newId } = parts;
  const finder = new OrderFinder(ports);
  return createRoutes({
    ...parts,
    clock: ports.clock,
    orders: new Orders({
      ...ports,
      payments,
      finder,
      onNotReturned: (err, { id, saleId }) =>
        log.warn(
          { err, orderId: id, saleId },
          'a cancelled ticket is not back on sale yet, the scheduler will see to it',
        ),
    }),
    payments: new PaymentEvents({ ...ports, payments, finder, onNotice: (notice) => report(notice, context) }),
    products: new Products({ ...ports, newId }),
    saleAdmin: new SaleAdmin({ ...ports, sales, newId }),
    settings: new SettingsAdmin({ ...ports, defaults: defaultSettings(config) }),
    report: (saleId) => reportOn(saleId, ports),
    audit: createAudits(ports, config),
    metrics: async () => (await metrics.expose()).body,
    onFault: (err, requestId) => log.warn({ err, requestId }, 'a read could not be completed'),
  });
}

function report({ kind, event }: PaymentNotice, { log }: Context): void {
  const about = { paymentId: event.paymentId, orderId: event.orderId, eventId: event.id };
  if (kind === 'refundDue') log.warn(about, 'money came too late or twice, it goes back');
  if (kind === 'unknownOrder') log.error(about, 'money came for an order that nobody knows: look into it');
}
