import type { HeaderPairs, HttpBody, HttpReply, HttpRequest } from '../../ports/http.ts';
import type { RateLimit } from '../../resilience/rate-limit.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { AddressLimit } from './address-limit.ts';
import type { Operation } from './operation.ts';
import { type Rendered, sendRendered } from './problem.ts';
import { createRateLimited, rateLimitHeaders } from './rate-limited.ts';

export interface RateLimits {
  readonly buyer: Pick<RateLimit, 'on' | 'take' | 'standing'>;
  readonly address: Pick<AddressLimit, 'on' | 'refusalOf'>;
}

export interface RateLimitDeps {
  readonly limits: RateLimits;
  readonly auth: Authenticator;
}

const rateLimited = createRateLimited();

/**
 * Refuses requests from addresses over their limit, before the token is verified. Purchases use it alone: their limit per
 * buyer is checked in purchases/submit.ts, which the live socket shares.
 */
export function limitedByAddress(operation: Operation, { limits }: Pick<RateLimitDeps, 'limits'>): Operation {
  return {
    ...operation,
    handle: (request, reply) => {
      const refused = refusalOfAddress(limits, request);
      if (refused !== undefined) return sendRendered(reply, refused);
      return operation.handle(request, reply);
    },
  };
}

/** Limits by address and by buyer, and adds the buyer's RateLimit headers to each answer. */
export function limited(operation: Operation, { limits, auth }: RateLimitDeps): Operation {
  const handle: Operation['handle'] = (request, reply) => {
    if (!limits.buyer.on) return operation.handle(request, reply);
    const principal = auth.authenticate(request.authorization);
    // The handler answers 401 with the reason.
    if (typeof principal === 'string') return operation.handle(request, reply);
    const refused = refusalOfBuyer(limits, principal.userId, request.requestId);
    if (refused !== undefined) return sendRendered(reply, refused);
    const headers = rateLimitHeaders(limits.buyer.standing(principal.userId));
    return operation.handle(request, new ReplyWithHeaders(reply, headers));
  };
  return limitedByAddress({ ...operation, handle }, { limits });
}

/** The answer to a buyer over the limit; undefined when the request is allowed, which counts it. */
export function refusalOfBuyer({ buyer }: RateLimits, userId: string, requestId: string): Rendered | undefined {
  return buyer.take(userId) ? undefined : rateLimited(buyer.standing(userId), requestId);
}

function refusalOfAddress({ address }: RateLimits, request: HttpRequest): Rendered | undefined {
  if (!address.on) return undefined;
  const standing = address.refusalOf(request);
  return standing === undefined ? undefined : rateLimited(standing, request.requestId);
}

class ReplyWithHeaders implements HttpReply {
  constructor(
    private readonly reply: HttpReply,
    private readonly headers: HeaderPairs,
  ) {}

  get open(): boolean {
    return this.reply.open;
  }

  send(status: number, contentType: string, body: string | Uint8Array, headers: HeaderPairs = []): void {
    this.reply.send(status, contentType, body, [...headers, ...this.headers]);
  }

  stream(status: number, contentType: string, body: HttpBody, headers: HeaderPairs = []): Promise<void> {
    return this.reply.stream(status, contentType, body, [...headers, ...this.headers]);
  }
}
