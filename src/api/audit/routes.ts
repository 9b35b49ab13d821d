import type { AuditOutcome } from '../../services/audit.ts';
import { adminDoc } from '../admin/doc.ts';
import { UNCACHED } from '../admin/reply.ts';
import { forAdmins } from '../auth/admin-access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { SaleId } from '../http/common-schemas.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem } from '../http/problem.ts';
import type { OnFault } from '../http/reading.ts';
import { JSON_TYPE } from '../orders/json.ts';
import { isSaleId } from '../sales/routes.ts';
import { serialiseAudit } from './json.ts';
import { AuditSchema } from './schema.ts';

export interface AuditRoutesDeps {
  readonly audit: (saleId: string) => Promise<AuditOutcome>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

export function auditRoutes({ audit, auth, onFault }: AuditRoutesDeps): readonly Operation[] {
  return [
    {
      method: 'GET',
      pattern: '/v1/admin/sales/:saleId/audit',
      doc: adminDoc({
        id: 'auditSale',
        summary: 'Hold the sides of a sale against each other',
        description:
          'Ticket queue, order log, order store and live state, order by order. It reads only, while the sale goes on: ' +
          'what is on its way is counted apart. A sale of a million tickets takes some seconds, and may be answered with ' +
          '503; `floodgate audit` has more time.',
        path: [SaleId],
        responses: { 200: { description: 'What was found.', schema: AuditSchema } },
        problems: ['not_found', 'not_published', 'recovering'],
      }),
      handle: forAdmins(
        auth,
        onFault,
      )(async ({ params: [saleId = ''], requestId }, reply) => {
        const outcome: AuditOutcome = isSaleId(saleId) ? await audit(saleId) : { kind: 'unknown' };
        if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
        if (outcome.kind === 'notPublished') return sendProblem(reply, 'not_published', requestId);
        reply.send(200, JSON_TYPE, serialiseAudit(outcome.result), UNCACHED);
      }),
    },
  ];
}
