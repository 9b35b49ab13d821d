import { type Static, type TObject, Type } from '@sinclair/typebox';
import { type ProblemExtras, problem, type Rendered } from '../http/problem.ts';
import type { FieldError } from '../http/problem-schema.ts';
import type { ProblemCode } from '../http/problems.ts';
import { type Validated, validator } from '../http/validate.ts';
import { Quantity } from '../purchases/quantity.ts';

/** Bounds the reply, which repeats the id. */
const MAX_ID_LENGTH = 64;

const Id = Type.Unsafe<string | number>({
  description: `Repeated in the reply: a string of at most ${MAX_ID_LENGTH} characters, or an integer.`,
});

function frame<T extends string, M extends TObject['properties']>(type: T, members: M) {
  return Type.Object({ type: Type.Literal(type), id: Id, ...members }, { additionalProperties: false });
}

// Sale ids and keys are validated by the code that HTTP uses, so that both give the same answer.
const SCHEMAS = {
  auth: frame('auth', { token: Type.String() }),
  subscribe: frame('subscribe', { saleId: Type.String() }),
  unsubscribe: frame('unsubscribe', { saleId: Type.String() }),
  purchase: frame('purchase', {
    saleId: Type.String(),
    idempotencyKey: Type.Optional(Type.String()),
    quantity: Type.Optional(Quantity),
  }),
  ping: frame('ping', {}),
};

export type ClientFrame = Static<(typeof SCHEMAS)[keyof typeof SCHEMAS]>;

export const CLIENT_FRAME_TYPES = Object.keys(SCHEMAS) as readonly ClientFrame['type'][];

const VALIDATORS = new Map<unknown, (value: unknown) => Validated<ClientFrame>>(
  Object.entries(SCHEMAS).map(([type, schema]) => [type, validator<TObject>('body', schema) as never]),
);

export type ReadFrame =
  /** `id` is the frame's, as JSON. */
  | { readonly ok: true; readonly id: string; readonly frame: ClientFrame }
  /** `id` is undefined when the frame had no valid one. */
  | { readonly ok: false; readonly id: string | undefined; readonly refuse: (requestId: string) => Rendered };

const TYPE_ERROR: FieldError = {
  in: 'body',
  path: '/type',
  message: `must be one of ${CLIENT_FRAME_TYPES.join(', ')}`,
};
const ID_ERROR: FieldError = {
  in: 'body',
  path: '/id',
  message: `must be a string of at most ${MAX_ID_LENGTH} characters, or an integer`,
};

/** Parses and validates a client's frame. */
export function readFrame(text: string): ReadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(undefined, 'malformed', { detail: 'The frame is not JSON.' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(undefined, 'malformed', { detail: 'A frame must be a JSON object.' });
  }
  const { type, id } = value as Readonly<Record<string, unknown>>;
  const idText = isId(id) ? JSON.stringify(id) : undefined;
  const validate = VALIDATORS.get(type);
  if (validate === undefined) return refused(idText, 'invalid', { errors: [TYPE_ERROR] });
  if (idText === undefined) return refused(undefined, 'invalid', { errors: [ID_ERROR] });
  const validated = validate(value);
  if (!validated.ok) return refused(idText, 'invalid', { errors: [...validated.errors] });
  return { ok: true, id: idText, frame: validated.value };
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' ? id.length <= MAX_ID_LENGTH : Number.isSafeInteger(id);
}

function refused(id: string | undefined, code: ProblemCode, extras: ProblemExtras): ReadFrame {
  return { ok: false, id, refuse: (requestId) => problem(code, requestId, extras) };
}
