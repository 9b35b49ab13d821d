import { type TSchema, Type } from '@sinclair/typebox';
import type { Clock } from '../../ports/clock.ts';
import type { HttpRoute } from '../../ports/http.ts';
import { refusalOfToken } from '../auth/access.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation, OperationDoc } from '../http/operation.ts';
import { headersOf, sendRendered } from '../http/problem.ts';
import { staticText } from '../http/static-text.ts';
import { createTimeText } from '../http/time-text.ts';
import { bearerCheck } from './bearer-check.ts';
import { docsPage } from './docs-page.ts';
import { HealthSchema, type ReadinessJson, ReadinessSchema, TimeSchema } from './schema.ts';
import { sharedRead } from './shared-read.ts';

export interface Readiness {
  readonly ready: boolean;
  /** It sells, but a dependency is unavailable. */
  readonly degraded: boolean;
  /** Each dependency by name. */
  readonly dependencies: Readonly<Record<string, { readonly state: string; readonly detail?: string }>>;
}

export interface MetricsRouteDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** In the Prometheus text format. */
  readonly metrics: () => Promise<string>;
  /** What a scraper must send as a bearer token; undefined when metrics are public. */
  readonly metricsToken?: string | undefined;
}

export interface OperationRoutesDeps extends MetricsRouteDeps {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly readiness: () => Promise<Readiness>;
  /** Whether the metrics are served here, and not on a port of their own. @default true */
  readonly metricsHere?: boolean;
  readonly draining: () => boolean;
  /** Whether load balancers should send nothing more, though purchases may still be served. @default draining */
  readonly leaving?: () => boolean;
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

const writeReadiness = serialiser(ReadinessSchema);
const writeTime = serialiser(TimeSchema);
const HEALTHY = serialiser(HealthSchema)({ status: 'ok' });

/** For operators, load balancers and newcomers; `openapi` is the OpenAPI document as JSON, read once. */
export function operationRoutes(deps: OperationRoutesDeps, openapi: () => string): readonly Operation[] {
  const here = deps.metricsHere === false ? [] : [metrics(deps)];
  return [health(), readiness(deps), ...here, openApi(openapi), docs(), time(deps)];
}

type Doc = Omit<OperationDoc, 'tag' | 'problems'> & Partial<Pick<OperationDoc, 'problems'>>;

function get(pattern: string, doc: Doc, handle: HttpRoute['handle']): Operation {
  return { method: 'GET', pattern, doc: { tag: 'operations', problems: [], ...doc }, handle };
}

const ok = (description: string, schema: TSchema, contentType?: string): OperationDoc['responses'] => ({
  200: { description, schema, ...(contentType === undefined ? {} : { contentType }) },
});

function health(): Operation {
  const doc = { id: 'health', summary: 'Liveness check', responses: ok('The process is running.', HealthSchema) };
  return get('/healthz', doc, (_request, reply) => reply.send(200, JSON_TYPE, HEALTHY));
}

function readiness({ readiness: check, draining, leaving = draining }: OperationRoutesDeps): Operation {
  const doc = {
    id: 'readiness',
    summary: 'Readiness check',
    responses: {
      ...ok('This process can sell, even if a dependency that selling does not need is unavailable.', ReadinessSchema),
      503: {
        description: 'It cannot sell because a dependency is unavailable, or it is shutting down.',
        schema: ReadinessSchema,
      },
    },
  };
  return get('/readyz', doc, async (_request, reply) => {
    const state = await check();
    const isLeaving = leaving();
    const body = writeReadiness(readinessJson(state, isLeaving));
    if (state.ready && !isLeaving) return reply.send(200, JSON_TYPE, body);
    reply.send(503, JSON_TYPE, body, headersOf(isLeaving ? 'draining' : 'unavailable'));
  });
}

function readinessJson({ ready, degraded, dependencies }: Readiness, draining: boolean): ReadinessJson {
  if (draining) return { status: 'draining', dependencies };
  if (!ready) return { status: 'not_ready', dependencies };
  return { status: degraded ? 'degraded' : 'ready', dependencies };
}

/** Metrics for Prometheus. With METRICS_TOKEN they are for those only who send it. */
export function metrics({ metrics: read, metricsToken, ...deps }: MetricsRouteDeps): Operation {
  const responses = ok('In the Prometheus text format.', Type.String(), PROMETHEUS_TYPE);
  const problems = metricsToken === undefined ? [] : (['unauthenticated'] as const);
  const doc = { id: 'metrics', summary: 'Metrics for Prometheus', responses, problems };
  const shared = sharedRead(read, () => deps.clock.monotonic());
  const permits = metricsToken === undefined ? () => true : bearerCheck(metricsToken);
  return get('/metrics', doc, async ({ authorization, requestId }, reply) => {
    if (!permits(authorization))
      return sendRendered(reply, refusalOfToken(authorization === '' ? 'missing' : 'invalid', requestId));
    reply.send(200, PROMETHEUS_TYPE, await shared());
  });
}

function openApi(openapi: () => string): Operation {
  let send: ReturnType<typeof staticText> | undefined;
  const responses = ok('OpenAPI 3.1.', Type.Object({}, { additionalProperties: true }));
  const doc = { id: 'contract', summary: 'This API as an OpenAPI document', responses };
  // It is public: client generators and documentation viewers of other origins may read it.
  return get('/openapi.json', doc, (request, reply) => {
    send ??= staticText(openapi(), JSON_TYPE, [['access-control-allow-origin', '*']]);
    send(request, reply);
  });
}

function docs(): Operation {
  const { html, headers } = docsPage();
  const responses = ok('HTML.', Type.String(), HTML_TYPE);
  const doc = { id: 'docs', summary: 'A page to read about the API and try it', responses };
  return get('/docs', doc, (_request, reply) => reply.send(200, HTML_TYPE, html, headers));
}

function time({ clock }: OperationRoutesDeps): Operation {
  const nowText = createTimeText();
  const doc = { id: 'time', summary: "The server's clock", responses: ok('The current time.', TimeSchema) };
  return get('/v1/time', doc, (_request, reply) =>
    reply.send(200, JSON_TYPE, writeTime({ now: nowText(clock.now()) }), NO_STORE),
  );
}
