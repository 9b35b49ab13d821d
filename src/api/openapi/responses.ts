import type { Operation, ResponseDoc } from '../http/operation.ts';
import { PROBLEM_TYPE, typeOf } from '../http/problem.ts';
import { kindOf, type ProblemCode } from '../http/problems.ts';
import { describe, type Json, ref, schemaObject } from './components.ts';

/** Problems that any request can get: those of the front, and of a handler that failed or did not answer in time. */
const COMMON_PROBLEMS = ['malformed', 'length_required', 'too_large', 'internal', 'unavailable'] as const;

const REQUEST_ID = {
  description: "The request's own `x-request-id` if it was valid, otherwise a new one.",
  schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
};

const RETRY_AFTER = { description: 'Seconds to wait before the retry.', schema: { type: 'integer', minimum: 1 } };

/** Of draft-ietf-httpapi-ratelimit-headers-06. */
const RATE_LIMIT = {
  'RateLimit-Limit': {
    description: 'The limit: requests per second, or purchase attempts per sale and minute.',
    schema: { type: 'integer' },
  },
  'RateLimit-Remaining': { description: 'Requests that are left now.', schema: { type: 'integer' } },
  'RateLimit-Reset': {
    description: 'Seconds until the limit is available in full again.',
    schema: { type: 'integer' },
  },
};

const CHALLENGE = { description: 'The authentication scheme to use.', schema: { type: 'string' } };

export function responsesOf({ responses, problems, auth }: Operation['doc']): Json {
  const codes: readonly ProblemCode[] = [
    ...COMMON_PROBLEMS,
    ...problems,
    ...(auth === 'required' || auth === 'signature' ? ['unauthenticated' as const] : []),
  ];
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = kindOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const all: Record<string, Json> = {};
  for (const [status, response] of Object.entries(responses)) all[status] = responseObject(response);
  for (const [status, those] of byStatus) all[status] = mergeResponses(all[status], problemResponse(status, those));
  return all;
}

function responseObject({
  description,
  schema,
  contentType = 'application/json',
  moreTypes = [],
  headers = {},
}: ResponseDoc): Json {
  return {
    description,
    headers: {
      'x-request-id': REQUEST_ID,
      ...Object.fromEntries(
        Object.entries(headers).map(([name, header]) => [name, { ...describe(header), schema: schemaObject(header) }]),
      ),
    },
    ...(schema === undefined
      ? {}
      : {
          content: {
            [contentType]: { schema: schemaObject(schema) },
            ...Object.fromEntries(moreTypes.map((type) => [type, { schema: { type: 'string' } }])),
          },
        }),
  };
}

function problemResponse(status: number, codes: readonly ProblemCode[]): Json {
  const examples = codes.map((code) => {
    const { title, detail } = kindOf(code);
    return [code, { value: { type: typeOf(code), title, status, detail, code, instance: 'req-1' } }] as const;
  });
  return {
    description: codes.map((code) => `\`${code}\`: ${kindOf(code).detail}`).join('\n\n'),
    headers: {
      'x-request-id': REQUEST_ID,
      ...(codes.some((code) => kindOf(code).retryAfterSeconds !== undefined) ? { 'Retry-After': RETRY_AFTER } : {}),
      ...(codes.includes('rate_limited') ? RATE_LIMIT : {}),
      ...(status === kindOf('unauthenticated').status ? { 'WWW-Authenticate': CHALLENGE } : {}),
    },
    content: { [PROBLEM_TYPE]: { schema: ref('Problem'), examples: Object.fromEntries(examples) } },
  };
}

/** An operation may answer a status with a body of its own as well as with a problem, as `/readyz` does with 503. */
function mergeResponses(own: Json | undefined, problem: Json): Json {
  if (own === undefined) return problem;
  return {
    description: `${own.description}\n\n${problem.description}`,
    headers: { ...(own.headers as Json), ...(problem.headers as Json) },
    content: { ...(own.content as Json), ...(problem.content as Json) },
  };
}
