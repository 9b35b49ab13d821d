import { Counter, Gauge, type Registry } from 'prom-client';

export interface HttpMetrics {
  /**
   * The counter of one route: created once at start, called with the status of each answer. The path pattern is the
   * label, so that ids don't become labels.
   */
  readonly httpRoute: (method: string, pattern: string) => (status: number) => void;
  /** Whether new connections are accepted. */
  readonly accepting: (accepting: boolean) => void;
}

/** One more than the highest status of HTTP. */
const STATUSES = 600;

interface CountedRoute {
  readonly method: string;
  readonly route: string;
  /** Answers by status. */
  readonly answers: Float64Array;
}

export function createHttpMetrics(register: Registry): HttpMetrics {
  const routes: CountedRoute[] = [];
  new Counter({
    name: 'floodgate_http_requests_total',
    help: 'Answered HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [register],
    collect() {
      this.reset();
      for (const { method, route, answers } of routes) {
        answers.forEach((count, status) => {
          if (count > 0) this.inc({ method, route, status: String(status) }, count);
        });
      }
    },
  });
  const accepting = new Gauge({
    name: 'floodgate_accepting_connections',
    help: '1 while new connections are accepted; 0 while the process is short of file descriptors.',
    registers: [register],
  });
  accepting.set(1);
  return {
    accepting: (isAccepting) => accepting.set(isAccepting ? 1 : 0),
    httpRoute: (method, route) => {
      // Labels are resolved on a scrape; an answer costs one addition.
      const answers = new Float64Array(STATUSES);
      routes.push({ method, route, answers });
      return (status) => {
        answers[status] = (answers[status] ?? 0) + 1;
      };
    },
  };
}
