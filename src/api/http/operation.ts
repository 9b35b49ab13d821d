import type { TObject, TSchema } from '@sinclair/typebox';
import type { HttpRoute } from '../../ports/http.ts';
import type { ProblemCode } from './problems.ts';

export interface ResponseDoc {
  readonly description: string;
  /** JSON of this shape; without one, see `contentType`. */
  readonly schema?: TSchema;
  readonly contentType?: string;
  /** Headers by name. */
  readonly headers?: Readonly<Record<string, TSchema>>;
}

/** What the contract says about an operation. */
export interface OperationDoc {
  readonly id: string;
  readonly tag: 'sales' | 'orders' | 'admin' | 'operations';
  readonly summary: string;
  readonly description?: string;
  /** Whether a token is `required`, or may be sent to see more, or a `signature` is; without it, none is looked at. */
  readonly auth?: 'required' | 'optional' | 'signature';
  /** Path parameters, in the order of the pattern. */
  readonly path?: readonly TSchema[];
  readonly query?: TObject;
  readonly headers?: Readonly<Record<string, TSchema>>;
  readonly body?: TObject;
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Problems besides those that any request can meet. */
  readonly problems: readonly ProblemCode[];
}

/** A route and what the contract says about it, side by side, so that they can't drift apart. */
export interface Operation extends HttpRoute {
  readonly doc: OperationDoc;
}
