import type { RevokeOutcome, RevokeTokens } from '../../services/token-admin.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader } from '../http/body.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { parseTime } from '../http/parse-time.ts';
import { sendInvalid, sendRendered } from '../http/problem.ts';
import { createTimeText } from '../http/time-text.ts';
import { RevocationSchema, RevokedSchema } from './schema.ts';

export interface AdminTokenRoutesDeps extends AdminDeps {
  readonly revokeTokens: (revocation: RevokeTokens) => Promise<RevokeOutcome>;
}

const readRevocation = bodyReader(RevocationSchema);
const writeRevoked = serialiser(RevokedSchema);

/** Signing a user out everywhere. */
export function adminTokenRoutes(deps: AdminTokenRoutesDeps): readonly Operation[] {
  const timeText = createTimeText();
  return [
    {
      method: 'POST',
      pattern: '/v1/admin/tokens/revocations',
      doc: adminDoc({
        id: 'revokeTokens',
        summary: "Revoke a user's tokens",
        description:
          "Revokes all tokens of a user that were issued (`iat`) before a time: every process refuses them within a second, and closes the user's live sockets. A token without `iat` counts as issued before any time. What was revoked can't be accepted again.",
        body: RevocationSchema,
        responses: { 200: { description: 'The tokens are revoked.', schema: RevokedSchema } },
        problems: [...BODY_PROBLEMS],
      }),
      handle: handleForAdmin(deps, async (request, reply, { userId: by }) => {
        const body = readRevocation(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const { userId, before } = body.value;
        const outcome = await deps.revokeTokens({
          userId,
          by,
          before: before === undefined ? before : parseTime(before),
        });
        if (outcome.kind === 'future') {
          return sendInvalid(reply, request.requestId, [
            { in: 'body', path: '/before', message: 'must not be in the future' },
          ]);
        }
        const { notBefore } = outcome;
        reply.send(200, JSON_TYPE, writeRevoked({ userId, notBefore: timeText(notBefore) }), NO_STORE);
      }),
    },
  ];
}
