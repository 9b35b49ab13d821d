import { createAuthenticator } from '../../src/api/auth/authenticator.ts';
import { issueToken } from '../../src/api/auth/issue-token.ts';
import { createRoutes, type RoutesDeps } from '../../src/api/routes.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import { anHttpRequest } from './http-request.ts';
import { NO_LIMITS } from './no-limits.ts';

const secret = 'a secret for tests only';

export interface SentAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The API's routes without a front; a test provides only the dependencies that it needs. */
export function routesWith(deps: Partial<RoutesDeps>) {
  const routes = createRoutes({
    auth: createAuthenticator({ secret, cacheSize: 10 }),
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), monotonic: () => 7 },
    draining: () => false,
    limits: NO_LIMITS,
    readiness: async () => ({ ready: true, degraded: false, dependencies: {} }),
    ...deps,
  } as RoutesDeps);

  /** Calls the handler of a route; throws what the handler throws, and when it does not answer exactly once. */
  return async (method: string, pattern: string, parts: Partial<HttpRequest> = {}): Promise<SentAnswer> => {
    const route = routes.find((one) => one.method === method && one.pattern === pattern);
    const sent: SentAnswer[] = [];
    const request = anHttpRequest({ path: pattern, ...parts });
    await route?.handle(request, {
      open: true,
      send: (status, type, body, headers = []) =>
        sent.push({ status, type, body: textOf(body), headers: Object.fromEntries(headers) }),
      stream: async (status, type, pieces, headers = []) => {
        let body = '';
        for await (const piece of pieces) body += textOf(piece);
        sent.push({ status, type, body, headers: Object.fromEntries(headers) });
      },
    });
    const [answer] = sent;
    if (answer === undefined || sent.length > 1) throw new Error(`${sent.length} answers`);
    return answer;
  };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}

/** An Authorization header. */
export function tokenOf(userId: string, role: 'buyer' | 'admin' = 'buyer'): string {
  return `Bearer ${issueToken({ secret, userId, role, ttlSeconds: 60 })}`;
}
