import type { FaultCode } from '../../domain/errors.ts';
import { Fault, messageOf } from '../../domain/errors.ts';

/** To the worker: the calls of one turn of the event loop; null asks it to close. */
export type Request = readonly (readonly [id: number, op: string, args: unknown])[] | null;

/** From the worker: first whether the file is open, then the answers of each turn, and once that the file was lost. */
export type Reply =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'lost'; readonly error: WireError }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] };

/** Without an error the call succeeded. */
export type Answer = readonly [id: number, result: unknown, error?: WireError];

/** Structured cloning drops an error's class and code, which callers depend on. */
export interface WireError {
  readonly code?: FaultCode;
  readonly message: string;
}

export function toWire(error: unknown): WireError {
  return error instanceof Fault
    ? { code: error.code, message: error.message }
    : { message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) };
}

export function fromWire({ code, message }: WireError): Error {
  return code === undefined ? new Error(message) : new Fault(code, message);
}
