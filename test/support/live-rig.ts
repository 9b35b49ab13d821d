import { createSigner } from 'fast-jwt';
import { expect } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../src/api/auth/authenticator.ts';
import type { RateLimits } from '../../src/api/http/rate-limit.ts';
import { createLiveApi, type LiveLimits } from '../../src/api/live/live-api.ts';
import { purchaseRoutes } from '../../src/api/purchases/routes.ts';
import type { PurchaseOutcome } from '../../src/domain/purchase.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import type { PurchaseRequest } from '../../src/streams/purchase/request.ts';
import { FakeLiveHub, FakeLiveSocket } from './fakes/fake-live-socket.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { anHttpRequest } from './http-request.ts';
import { NO_LIMITS } from './no-limits.ts';
import { noStream } from './no-stream.ts';

const secret = 'a secret for tests only';
const sign = createSigner({ key: secret, algorithm: 'HS256' });

export interface LiveRigOptions {
  /** Sales that are in memory. */
  readonly sales?: readonly Sale[];
  /** Looks up any other sale. @default there are none */
  readonly find?: (saleId: string) => Promise<Sale | undefined>;
  /** The outcome of a purchase; undefined to answer later, see `pending`. @default sold out */
  readonly outcome?: (request: PurchaseRequest) => PurchaseOutcome | undefined;
  readonly limits?: LiveLimits;
  /** Rate limits of buyers. @default none */
  readonly rates?: RateLimits;
}

/** The live protocol on fake sockets, and the HTTP route of a purchase with the same dependencies for comparison. */
export function liveRig({
  sales = [],
  find = async () => undefined,
  outcome,
  limits,
  rates = NO_LIMITS,
}: LiveRigOptions = {}) {
  const clock = new ManualClock();
  const hub = new FakeLiveHub();
  const revoked = new Map<string, number>();
  const auth: Authenticator = createAuthenticator({
    secret,
    cacheSize: 100,
    now: clock.now,
    acceptedSince: (userId) => revoked.get(userId),
  });
  const watching: string[] = [];
  const faults: unknown[] = [];
  const counted: unknown[] = [];
  const pending: PurchaseRequest[] = [];
  let draining = false;
  let sockets = 0;

  const deps = {
    auth,
    clock,
    limits: rates,
    draining: () => draining,
    purchases: {
      shouldShed: () => false,
      submit: (request: PurchaseRequest) => {
        const answer = outcome === undefined ? { kind: 'soldOut' as const } : outcome(request);
        if (answer === undefined) pending.push(request);
        else request.respond(answer);
      },
    },
  };
  const live = createLiveApi({
    ...deps,
    sales: { known: (saleId) => sales.find(({ id }) => id === saleId), find, findPublic: find },
    publish: (topic, frame) => hub.publish(topic, frame),
    onWatch: (saleId, watched) => watching.push(`${watched ? '+' : '-'}${saleId}`),
    onFault: (fault) => faults.push(fault),
    counters: {
      liveFrame: (type) => counted.push(type),
      liveFlood: () => counted.push('flood'),
      liveOrders: (sent) => counted.push(sent),
    },
    ...(limits === undefined ? {} : { frameLimits: limits }),
  });

  return {
    clock,
    live,
    watching,
    faults,
    counted,
    pending,
    /** A socket that has received its hello. */
    connect: (): FakeLiveSocket => {
      sockets += 1;
      const socket = new FakeLiveSocket(`c${sockets}`, hub, live.handlers);
      socket.takeFrames();
      return socket;
    },
    open: (): FakeLiveSocket => new FakeLiveSocket('c0', hub, live.handlers),
    token: (userId: string, role: 'buyer' | 'admin' = 'buyer', ttlSeconds = 60): string =>
      sign({
        sub: userId,
        role,
        iat: Math.floor(clock.now() / 1000),
        exp: Math.floor(clock.now() / 1000) + ttlSeconds,
      }),
    /** Revokes the tokens that the user was issued before now. */
    revoke: (userId: string) => {
      revoked.set(userId, clock.now());
      live.revoked(userId);
    },
    drain: () => {
      draining = true;
    },
    /** The answer of HTTP to the same purchase under the same request id. */
    overHttp: (saleId: string, requestId: string, parts: Partial<HttpRequest> = {}) => {
      const [route] = purchaseRoutes(deps);
      let answer: { readonly status: number; readonly body: string } | undefined;
      const request = anHttpRequest({ method: 'POST', params: [saleId], requestId, ...parts });
      void route?.handle(request, {
        open: true,
        stream: noStream,
        send: (status, _type, body) => {
          answer = { status, body: String(body) };
        },
      });
      return answer;
    },
  };
}

/** A matcher for a refusal. */
export const problemFrame = (id: unknown, status: number, code: string) => ({
  type: 'error',
  ...(id === undefined ? {} : { id }),
  status,
  body: expect.objectContaining({ status, code }),
});
