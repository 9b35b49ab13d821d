import { Type } from '@sinclair/typebox';
import { byFullName } from '../../domain/live-settings.ts';
import type { SettingValue } from '../../domain/setting-range.ts';
import type { SettingsAdmin, SettingsView } from '../../services/settings-admin.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader } from '../http/body.ts';
import { IfNoneMatch, NOT_MODIFIED } from '../http/entity-tags.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor, Limit, pageOf, VersionCursor } from '../http/page.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { createTimeText } from '../http/time-text.ts';
import { ETag, expectedVersions, IfMatch, sendIfChanged, sendVersioned } from '../http/versioned.ts';
import { SettingsChangesSchema, SettingsHistorySchema, SettingsSchema } from './schema.ts';

export interface AdminSettingsRoutesDeps extends AdminDeps {
  readonly settings: Pick<SettingsAdmin, 'view' | 'change' | 'history'>;
}

const ALL = '/v1/admin/settings';

const HistoryQuery = Type.Object(
  { cursor: Type.Optional(VersionCursor), limit: Limit },
  { additionalProperties: false },
);

const readHistoryQuery = queryReader(HistoryQuery);
const readChanges = bodyReader(SettingsChangesSchema);
const writeSettings = serialiser(SettingsSchema);
const writeHistory = serialiser(SettingsHistorySchema);

const settingsResponse = (description: string) => ({ description, schema: SettingsSchema, headers: { ETag } });

/** The settings that can be changed at run time. */
export function adminSettingsRoutes(deps: AdminSettingsRoutesDeps): readonly Operation[] {
  return [getSettings(deps), changeSettings(deps), listSettingsChanges(deps)];
}

function getSettings(deps: AdminSettingsRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: ALL,
    doc: adminDoc({
      id: 'getSettings',
      summary: 'Get the settings that can be changed at run time',
      headers: { 'If-None-Match': IfNoneMatch },
      responses: { 200: settingsResponse('The settings.'), ...NOT_MODIFIED },
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const view = await deps.settings.view();
      sendIfChanged(request, reply, view.version, () => settingsJson(view));
    }),
  };
}

function changeSettings(deps: AdminSettingsRoutesDeps): Operation {
  return {
    method: 'PATCH',
    pattern: ALL,
    doc: adminDoc({
      id: 'changeSettings',
      summary: 'Change settings at run time',
      description: 'Changes the settings that the body contains, in every process within a second and across restarts.',
      headers: { 'If-Match': IfMatch },
      body: SettingsChangesSchema,
      responses: { 200: settingsResponse('The changed settings.') },
      problems: ['stale', ...BODY_PROBLEMS],
    }),
    handle: handleForAdmin(deps, async (request, reply, { userId }) => {
      const { requestId, ifMatch } = request;
      const body = readChanges(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const patch = byFullName<SettingValue | null>(body.value);
      const outcome = await deps.settings.change(patch, userId, expectedVersions(ifMatch));
      if (outcome.kind === 'stale') return sendProblem(reply, 'stale', requestId);
      if (outcome.kind === 'invalid') {
        const errors = outcome.errors.map(({ name, message }) => ({
          in: 'body' as const,
          path: `/${name.replaceAll('.', '/')}`,
          message,
        }));
        return sendInvalid(reply, requestId, errors);
      }
      sendVersioned(reply, 200, outcome.view.version, settingsJson(outcome.view));
    }),
  };
}

function listSettingsChanges(deps: AdminSettingsRoutesDeps): Operation {
  const timeText = createTimeText();
  return {
    method: 'GET',
    pattern: `${ALL}/history`,
    doc: adminDoc({
      id: 'listSettingsChanges',
      summary: 'List the changes of settings',
      description: 'Newest first, with the admin who made each change.',
      query: HistoryQuery,
      responses: { 200: { description: 'A page of changes.', schema: SettingsHistorySchema } },
      problems: ['invalid'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const query = readHistoryQuery(request.query);
      if (!query.ok) return sendInvalid(reply, request.requestId, query.errors);
      const { cursor, limit } = query.value;
      const before = cursor === undefined ? {} : { before: Number(idOfCursor(cursor)) };
      const { items, next } = await deps.settings.history({ limit, ...before });
      const page = pageOf(
        items.map(({ at, changes, ...item }) => ({ ...item, at: timeText(at), changes: [...changes] })),
        next === undefined ? undefined : String(next),
      );
      reply.send(200, JSON_TYPE, writeHistory(page), NO_STORE);
    }),
  };
}

function settingsJson({ version, settings, defaults, changed }: SettingsView): string {
  return writeSettings({ version, settings: { ...settings }, defaults: { ...defaults }, changed: [...changed] });
}
