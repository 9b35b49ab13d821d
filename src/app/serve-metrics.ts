import { refuse } from '../api/http/refuse.ts';
import { metrics as metricsRoute } from '../api/operations/routes.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpFront, ListenHttp } from '../ports/http.ts';
import type { Context } from './context.ts';

export interface ServeMetricsParts {
  readonly listen: ListenHttp;
  readonly clock: Clock;
}

/**
 * A front of its own for the metrics, on METRICS_PORT, which can be kept from the public; undefined without one. In a process
 * without a front it is the only one.
 */
export async function serveMetrics(
  { config, log, metrics }: Context,
  { listen, clock }: ServeMetricsParts,
): Promise<HttpFront | undefined> {
  const { port, token: metricsToken } = config.metrics;
  if (port === undefined) return undefined;
  return listen({
    ...config.http,
    port,
    shared: false,
    routes: [metricsRoute({ metrics: async () => (await metrics.expose()).body, metricsToken, clock })],
    refuse,
    onError: (err, requestId) => log.error({ err, requestId }, 'request failed'),
  });
}
