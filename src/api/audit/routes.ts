import { isSaleId } from '../../domain/ids.ts';
import type { AuditAnswer } from '../../services/audit.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { SaleId } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem } from '../http/problem.ts';
import { serialiseAudit } from './json.ts';
import { AuditSchema } from './schema.ts';

export interface AuditRoutesDeps extends AdminDeps {
  readonly audit: (saleId: string) => Promise<AuditAnswer>;
}

export function auditRoutes(deps: AuditRoutesDeps): readonly Operation[] {
  return [
    {
      method: 'GET',
      pattern: '/v1/admin/sales/:saleId/audit',
      doc: adminDoc({
        id: 'auditSale',
        summary: 'Audit a sale',
        description:
          'Reconciles ticket queue, order log, order store and live state, order by order. It only reads and can run while ' +
          'the sale is selling: what is still in flight is counted separately. A sale of a million tickets takes several ' +
          'seconds and may be answered with 503; the command `floodgate audit` has a longer time limit. A server does one audit ' +
          'at a time, and others wait; concurrent requests for the same sale share one.',
        path: [SaleId],
        responses: { 200: { description: 'The result of the audit.', schema: AuditSchema } },
        problems: ['not_found', 'not_published', 'recovering', 'busy'],
      }),
      handle: handleForAdmin(deps, async ({ params: [saleId = ''], requestId }, reply) => {
        const outcome: AuditAnswer = isSaleId(saleId) ? await deps.audit(saleId) : { kind: 'unknown' };
        if (outcome.kind === 'unknown') return sendProblem(reply, 'not_found', requestId);
        if (outcome.kind === 'busy') return sendProblem(reply, 'busy', requestId);
        if (outcome.kind === 'notPublished') return sendProblem(reply, 'not_published', requestId);
        reply.send(200, JSON_TYPE, serialiseAudit(outcome.result), NO_STORE);
      }),
    },
  ];
}
