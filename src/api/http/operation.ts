import type { TObject, TSchema } from '@sinclair/typebox';
import type { HttpRoute } from '../../ports/http.ts';
import type { ProblemCode } from './problems.ts';

export interface ResponseDoc {
  readonly description: string;
  /** JSON of this shape; without one, see `contentType`. */
  readonly schema?: TSchema;
  readonly contentType?: string;
  /** Types of text in which it is sent as well, if the client asks for one by Accept. */
  readonly moreTypes?: readonly string[];
  /** Headers by name. */
  readonly headers?: Readonly<Record<string, TSchema>>;
}

/** An operation as the API reference describes it. */
export interface OperationDoc {
  readonly id: string;
  readonly tag: 'sales' | 'orders' | 'admin' | 'operations';
  readonly summary: string;
  readonly description?: string;
  /** `required`: a token; `optional`: a token shows more; `signature`: of the body. Absent: no authentication. */
  readonly auth?: 'required' | 'optional' | 'signature';
  /** Path parameters, in the order of the pattern. */
  readonly path?: readonly TSchema[];
  readonly query?: TObject;
  readonly headers?: Readonly<Record<string, TSchema>>;
  readonly body?: TObject;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Problems besides those that any request can get. */
  readonly problems: readonly ProblemCode[];
}

/** A route together with its description, so that the two cannot diverge. */
export interface Operation extends HttpRoute {
  readonly doc: OperationDoc;
}
