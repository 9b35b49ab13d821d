import { Type } from '@sinclair/typebox';
import type { RebuiltSale } from '../../services/live-rebuild.ts';
import type { AdminDeps } from '../admin/operation.ts';
import { BODY_PROBLEMS, EmptyBody } from '../http/body.ts';
import { Count, SaleId, Time } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem } from '../http/problem.ts';
import { createTimeText } from '../http/time-text.ts';
import { ADMIN_SALE, handleCommand, saleDoc } from './admin-reply.ts';

export interface LiveRebuildDeps extends AdminDeps {
  /** Undefined for an unknown sale; 'busy' when too many others are waiting. */
  readonly rebuildLive: (saleId: string) => Promise<RebuiltSale | 'busy' | undefined>;
}

const LiveRebuildSchema = Type.Object(
  {
    saleId: SaleId,
    reserved: Count('Tickets of the reservations in the log.'),
    changed: Count('Figures that were wrong, or behind the log.'),
    since: Type.Optional(
      Time('Present if the log lacks its oldest records: figures before this time were not changed.'),
    ),
  },
  { description: 'What a rebuild of the live figures has found.' },
);

const writeRebuilt = serialiser(LiveRebuildSchema);

/** The latest second that RFC 3339 can name: later than the log's last record, if none of it is complete. */
const LAST_SECOND = 253_402_300_799;

export function liveRebuildRoute(deps: LiveRebuildDeps): Operation {
  const timeText = createTimeText();
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/live/rebuild`,
    doc: saleDoc({
      id: 'rebuildLive',
      summary: 'Rebuild the live figures of a sale',
      description:
        "Counts the sale's reserved tickets in the order log, and sets the figures of the live state to them; it may run at " +
        'any time, and again. Workers do the same by themselves soon after the sale has become quiet. It reads the whole log: ' +
        'with millions of records it may be answered with 503 although it goes on, and the command `floodgate live rebuild` ' +
        'has no time limit. A server does one at a time, and concurrent requests for the same sale share one.',
      path: [SaleId],
      body: EmptyBody,
      responses: { 200: { description: 'The figures are those of the log.', schema: LiveRebuildSchema } },
      problems: ['not_found', 'busy', ...BODY_PROBLEMS],
    }),
    handle: handleCommand(deps, async (saleId, { requestId }, reply) => {
      const rebuilt = await deps.rebuildLive(saleId);
      if (rebuilt === undefined) return sendProblem(reply, 'not_found', requestId);
      if (rebuilt === 'busy') return sendProblem(reply, 'busy', requestId);
      const { since, ...figures } = rebuilt;
      const trimmed = since === 0 ? {} : { since: timeText(Math.min(since, LAST_SECOND) * 1000) };
      reply.send(200, JSON_TYPE, writeRebuilt({ ...figures, ...trimmed }), NO_STORE);
    }),
  };
}
