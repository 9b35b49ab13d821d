import type { HeaderPairs, HttpReply } from '../../ports/http.ts';
import { serialiser } from './json.ts';
import { type FieldError, type ProblemJson, ProblemSchema } from './problem-schema.ts';
import { kindOf, type ProblemCode } from './problems.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** A complete answer, not yet sent. */
export interface Rendered {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers: HeaderPairs;
}

export type ProblemExtras = Partial<
  Pick<ProblemJson, 'detail' | 'orderIds' | 'remaining' | 'outstanding' | 'opensAt' | 'jobId' | 'errors'>
> & {
  readonly headers?: HeaderPairs;
};

const NO_HEADERS: HeaderPairs = [];

const write = serialiser(ProblemSchema);

/** A problem for one request, with the details of this case. */
export function problem(code: ProblemCode, requestId: string, extras: ProblemExtras = {}): Rendered {
  const { status, title, detail } = kindOf(code);
  const { headers, ...members } = extras;
  const body = write({ type: typeOf(code), title, status, detail, code, instance: requestId, ...members });
  return { status, contentType: PROBLEM_TYPE, body, headers: headersOf(code, headers) };
}

/**
 * A problem that differs between requests only in the request id: everything else is serialised once. Request ids need no
 * escaping in JSON; the front guarantees that.
 */
export function constantProblem(code: ProblemCode, extras?: ProblemExtras): (requestId: string) => Rendered {
  const marker = '\u0000';
  const { status, contentType, body, headers: constant } = problem(code, marker, extras);
  const { retrySpreadSeconds = 0 } = kindOf(code);
  const headers = retrySpreadSeconds === 0 ? () => constant : () => headersOf(code, extras?.headers);
  const [before, after] = body.split(JSON.stringify(marker).slice(1, -1)) as [string, string];
  return (requestId) => ({ status, contentType, body: before + requestId + after, headers: headers() });
}

export function sendRendered(reply: HttpReply, { status, contentType, body, headers }: Rendered): void {
  reply.send(status, contentType, body, headers);
}

export function sendProblem(reply: HttpReply, code: ProblemCode, requestId: string, extras?: ProblemExtras): void {
  sendRendered(reply, problem(code, requestId, extras));
}

/** Answers 422 with the fields that are invalid. */
export function sendInvalid(reply: HttpReply, requestId: string, errors: readonly FieldError[]): void {
  sendProblem(reply, 'invalid', requestId, { errors: [...errors] });
}

export function typeOf(code: ProblemCode): string {
  return `urn:floodgate:problem:${code}`;
}

/** `more`, and Retry-After if the code has one. */
export function headersOf(code: ProblemCode, more: HeaderPairs = NO_HEADERS): HeaderPairs {
  const { retryAfterSeconds, retrySpreadSeconds = 0 } = kindOf(code);
  if (retryAfterSeconds === undefined) return more;
  const seconds = retryAfterSeconds + Math.floor(Math.random() * (retrySpreadSeconds + 1));
  return [...more, ['retry-after', String(seconds)]];
}
