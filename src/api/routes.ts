import { type AuditRoutesDeps, auditRoutes } from './audit/routes.ts';
import { type ProductRoutesDeps, productRoutes } from './catalogue/routes.ts';
import type { Operation } from './http/operation.ts';
import { limited, limitedByAddress } from './http/rate-limit.ts';
import { type JobRoutesDeps, jobRoutes } from './jobs/routes.ts';
import { openApiDocument } from './openapi/document.ts';
import { type OperationRoutesDeps, operationRoutes } from './operations/routes.ts';
import { type AdminOrderRoutesDeps, adminOrderRoutes } from './orders/admin-routes.ts';
import { type RefundRoutesDeps, refundRoutes } from './orders/refund-routes.ts';
import { type OrderRoutesDeps, orderRoutes } from './orders/routes.ts';
import { type PaymentWebhookDeps, paymentWebhook } from './payments/webhook.ts';
import { type PurchaseRoutesDeps, purchaseRoutes } from './purchases/routes.ts';
import { type AdminSaleRoutesDeps, adminSaleRoutes } from './sales/admin-routes.ts';
import { type SalesRoutesDeps, salesRoutes } from './sales/routes.ts';
import { type AdminSettingsRoutesDeps, adminSettingsRoutes } from './settings/routes.ts';
import { type AdminTokenRoutesDeps, adminTokenRoutes } from './tokens/routes.ts';

export type RoutesDeps = SalesRoutesDeps &
  PurchaseRoutesDeps &
  OrderRoutesDeps &
  PaymentWebhookDeps &
  ProductRoutesDeps &
  AdminSaleRoutesDeps &
  AdminOrderRoutesDeps &
  RefundRoutesDeps &
  JobRoutesDeps &
  AuditRoutesDeps &
  AdminSettingsRoutesDeps &
  AdminTokenRoutesDeps &
  OperationRoutesDeps;

/** All operations of the API, for a front to serve. */
export function createRoutes(deps: RoutesDeps): readonly Operation[] {
  let openapi = '';
  const routes: readonly Operation[] = [
    ...operationRoutes(deps, () => openapi),
    ...salesRoutes(deps),
    ...purchaseRoutes(deps).map((operation) => limitedByAddress(operation, deps)),
    ...orderRoutes(deps).map((operation) => limited(operation, deps)),
    ...paymentWebhook(deps),
    ...productRoutes(deps),
    ...adminSaleRoutes(deps),
    ...adminOrderRoutes(deps),
    ...refundRoutes(deps),
    ...jobRoutes(deps),
    ...auditRoutes(deps),
    ...adminSettingsRoutes(deps),
    ...adminTokenRoutes(deps),
  ];
  openapi = JSON.stringify(openApiDocument(routes));
  return routes;
}
