import { Type } from '@sinclair/typebox';
import type { Clock } from '../../ports/clock.ts';
import type { HttpReply } from '../../ports/http.ts';
import { JSON_TYPE } from '../orders/json.ts';
import { docsPage } from '../pages/docs-page.ts';
import type { Operation, OperationDoc } from './operation.ts';
import { HealthSchema, type ReadinessJson, ReadinessSchema, TimeSchema } from './operation-schemas.ts';
import { headersOf } from './problem.ts';
import { serialiser } from './serialise.ts';
import { createTimeText } from './time-text.ts';

export interface Readiness {
  readonly ready: boolean;
  /** It sells, but a dependency is away. */
  readonly degraded: boolean;
  /** Each dependency by name. */
  readonly dependencies: Readonly<Record<string, { readonly state: string; readonly detail?: string }>>;
}

export interface OperationRoutesDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly readiness: () => Promise<Readiness>;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly draining: () => boolean;
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

const writeReadiness = serialiser(ReadinessSchema);
const writeTime = serialiser(TimeSchema);
const HEALTHY = serialiser(HealthSchema)({ status: 'ok' });

function readinessJson({ ready, degraded, dependencies }: Readiness, draining: boolean): ReadinessJson {
  if (draining) return { status: 'draining', dependencies };
  if (!ready) return { status: 'not_ready', dependencies };
  return { status: degraded ? 'degraded' : 'ready', dependencies };
}

function doc(id: string, summary: string, responses: OperationDoc['responses']): OperationDoc {
  return { id, tag: 'operations', summary, responses, problems: [] };
}

/** What operators, load balancers and newcomers ask for; `openapi` is the contract's JSON, asked for once per request. */
export function operationRoutes(deps: OperationRoutesDeps, openapi: () => string): readonly Operation[] {
  const { clock, readiness, metrics, draining } = deps;
  const nowText = createTimeText();
  const docs = docsPage();
  const text = Type.String();

  return [
    {
      method: 'GET',
      pattern: '/healthz',
      doc: doc('health', 'Whether the process lives', { 200: { description: 'It does.', schema: HealthSchema } }),
      handle: (_request, reply) => reply.send(200, JSON_TYPE, HEALTHY),
    },
    {
      method: 'GET',
      pattern: '/readyz',
      doc: doc('readiness', 'Whether to send buyers here', {
        200: {
          description: 'This process sells, though a dependency that it can do without may be away.',
          schema: ReadinessSchema,
        },
        503: { description: 'It can not sell for want of a dependency, or is shutting down.', schema: ReadinessSchema },
      }),
      async handle(_request, reply) {
        const state = await readiness();
        const leaving = draining();
        const body = writeReadiness(readinessJson(state, leaving));
        if (state.ready && !leaving) return reply.send(200, JSON_TYPE, body);
        reply.send(503, JSON_TYPE, body, headersOf(leaving ? 'draining' : 'unavailable'));
      },
    },
    {
      method: 'GET',
      pattern: '/metrics',
      doc: doc('metrics', 'Metrics for Prometheus', {
        200: { description: 'The text format.', contentType: PROMETHEUS_TYPE, schema: text },
      }),
      handle: async (_request, reply) => reply.send(200, PROMETHEUS_TYPE, await metrics()),
    },
    {
      method: 'GET',
      pattern: '/openapi.json',
      doc: doc('contract', 'This contract', {
        200: { description: 'OpenAPI 3.1.', schema: Type.Object({}, { additionalProperties: true }) },
      }),
      handle: (_request, reply) => sendContract(reply, openapi()),
    },
    {
      method: 'GET',
      pattern: '/docs',
      doc: doc('docs', 'A page to try the contract', {
        200: { description: 'HTML.', contentType: HTML_TYPE, schema: text },
      }),
      handle: (_request, reply) => reply.send(200, HTML_TYPE, docs.html, docs.headers),
    },
    {
      method: 'GET',
      pattern: '/v1/time',
      doc: doc('time', "The server's clock", { 200: { description: 'Now.', schema: TimeSchema } }),
      handle: (_request, reply) =>
        reply.send(200, JSON_TYPE, writeTime({ now: nowText(clock.now()) }), [['cache-control', 'no-store']]),
    },
  ];
}

function sendContract(reply: HttpReply, contract: string): void {
  // Public by nature; lets client generators and doc viewers of other origins read it.
  reply.send(200, JSON_TYPE, contract, [['access-control-allow-origin', '*']]);
}
