import { Counter, type Registry } from 'prom-client';

export interface HttpMetrics {
  /**
   * The counter of one route: made once at start, called with the status of each answer. The pattern stands for
   * the path, so that ids don't become labels.
   */
  readonly httpRoute: (method: string, pattern: string) => (status: number) => void;
}

export function createHttpMetrics(register: Registry): HttpMetrics {
  const requests = new Counter({
    name: 'floodgate_http_requests_total',
    help: 'Answered HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [register],
  });
  return {
    httpRoute: (method, pattern) => {
      const byStatus = new Map<number, Counter.Internal>();
      return (status) => {
        let counter = byStatus.get(status);
        if (counter === undefined) {
          counter = requests.labels(method, pattern, String(status));
          byStatus.set(status, counter);
        }
        counter.inc();
      };
    },
  };
}
