/** Faults: what nobody meant to happen. Outcomes that a buyer may meet are values, not errors. */
export type FaultCode =
  /** A dependency can't be reached or refused to serve. */
  | 'unavailable'
  /** A dependency did not answer in time: what it did is unknown. */
  | 'timeout'
  /** The outgoing queue to a dependency is full; nothing was sent. */
  | 'full'
  /** The queue's scripts are gone: it restarted, failed over, or was emptied. */
  | 'fenced'
  /** A stored or received value breaks its format. */
  | 'corrupt'
  /** A setting is missing, malformed, or unusable on this machine. */
  | 'config';

const RETRYABLE: Readonly<Record<FaultCode, boolean>> = {
  unavailable: true,
  timeout: true,
  full: true,
  fenced: false,
  corrupt: false,
  config: false,
};

export class Fault extends Error {
  override readonly name = 'Fault';
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;

  constructor(
    readonly code: FaultCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.retryable = RETRYABLE[code];
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}

/** The message of whatever was thrown, for a line that a person reads. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
