import { type Static, Type } from '@sinclair/typebox';
import { byFullName } from '../../domain/live-settings.ts';
import type { SettingValue } from '../../domain/setting-range.ts';
import type { SettingsAdmin, SettingsView } from '../../services/settings-admin.ts';
import { adminDoc } from '../admin/doc.ts';
import { sendVersioned, UNCACHED } from '../admin/reply.ts';
import { ETag, IfMatch } from '../admin/schemas.ts';
import { forAdmins } from '../auth/admin-access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { bodyReader } from '../http/body.ts';
import { Limit } from '../http/common-schemas.ts';
import { cursorOf, idOfCursor, VersionCursor } from '../http/cursor.ts';
import { expectedVersion } from '../http/if-match.ts';
import type { Operation } from '../http/operation.ts';
import { sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import type { OnFault } from '../http/reading.ts';
import { serialiser } from '../http/serialise.ts';
import { createTimeText } from '../http/time-text.ts';
import { JSON_TYPE } from '../orders/json.ts';
import { SettingsChangesSchema, SettingsHistorySchema, SettingsSchema } from './schema.ts';

export interface AdminSettingsRoutesDeps {
  readonly settings: Pick<SettingsAdmin, 'view' | 'change' | 'history'>;
  readonly auth: Authenticator;
  readonly onFault: OnFault;
}

const HistoryQuery = Type.Object(
  { cursor: Type.Optional(VersionCursor), limit: Limit },
  { additionalProperties: false },
);

const readHistoryQuery = queryReader(HistoryQuery);
const readChanges = bodyReader(SettingsChangesSchema);
const writeSettings = serialiser(SettingsSchema);
const writeHistory = serialiser(SettingsHistorySchema);

const theSettings = (description: string) => ({ description, schema: SettingsSchema, headers: { ETag } });

const ALL = '/v1/admin/settings';

/** The settings that may change while it runs. */
export function adminSettingsRoutes({ settings, auth, onFault }: AdminSettingsRoutesDeps): readonly Operation[] {
  const admin = forAdmins(auth, onFault);
  const timeText = createTimeText();
  return [
    {
      method: 'GET',
      pattern: ALL,
      doc: adminDoc({
        id: 'getSettings',
        summary: 'Get the settings that may change while it runs',
        responses: { 200: theSettings('The settings.') },
      }),
      handle: admin(async (_request, reply) => {
        const view = await settings.view();
        sendVersioned(reply, 200, view.version, settingsJson(view));
      }),
    },
    {
      method: 'PATCH',
      pattern: ALL,
      doc: adminDoc({
        id: 'changeSettings',
        summary: 'Change settings while it runs',
        description: 'What is named is changed, in every process within a second, and stays so across restarts.',
        headers: { 'If-Match': IfMatch },
        body: SettingsChangesSchema,
        responses: { 200: theSettings('The settings as they are now.') },
        problems: ['stale', 'unsupported_media_type', 'invalid'],
      }),
      handle: admin(async (request, reply, { userId }) => {
        const { requestId, ifMatch } = request;
        const body = readChanges(request);
        if (!body.ok) return sendRendered(reply, body.answer);
        const patch = byFullName<SettingValue | null>(body.value);
        const outcome = await settings.change(patch, userId, expectedVersion(ifMatch));
        if (outcome.kind === 'stale') return sendProblem(reply, 'stale', requestId);
        if (outcome.kind === 'invalid') {
          const errors = outcome.errors.map(({ name, message }) => ({
            in: 'body' as const,
            path: `/${name.replaceAll('.', '/')}`,
            message,
          }));
          return sendProblem(reply, 'invalid', requestId, { errors });
        }
        sendVersioned(reply, 200, outcome.view.version, settingsJson(outcome.view));
      }),
    },
    {
      method: 'GET',
      pattern: `${ALL}/history`,
      doc: adminDoc({
        id: 'listSettingsChanges',
        summary: 'List who changed which settings',
        description: 'Newest first.',
        query: HistoryQuery,
        responses: { 200: { description: 'A page of changes.', schema: SettingsHistorySchema } },
        problems: ['invalid'],
      }),
      handle: admin(async (request, reply) => {
        const query = readHistoryQuery(request.query);
        if (!query.ok) return sendProblem(reply, 'invalid', request.requestId, { errors: [...query.errors] });
        const { cursor, limit } = query.value;
        const { items, next } = await settings.history({
          limit,
          ...(cursor === undefined ? {} : { before: Number(idOfCursor(cursor)) }),
        });
        const page: Static<typeof SettingsHistorySchema> = {
          items: items.map(({ at, changes, ...item }) => ({ ...item, at: timeText(at), changes: [...changes] })),
          ...(next === undefined ? {} : { nextCursor: cursorOf(String(next)) }),
        };
        reply.send(200, JSON_TYPE, writeHistory(page), UNCACHED);
      }),
    },
  ];
}

function settingsJson({ version, settings, defaults, changed }: SettingsView): string {
  return writeSettings({ version, settings: { ...settings }, defaults: { ...defaults }, changed: [...changed] });
}
