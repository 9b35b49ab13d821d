/** Faults are unexpected failures. Expected outcomes, such as a sold-out sale, are values and not errors. */
export type FaultCode =
  /** A dependency can't be reached, or does not serve. */
  | 'unavailable'
  /** A dependency did not answer in time: the result is unknown. */
  | 'timeout'
  /** The outgoing queue to a dependency is full; nothing was sent. */
  | 'full'
  /** The ticket queue may have lost data (it restarted, failed over, or was emptied) and has to be recovered first. */
  | 'fenced'
  /** A stored or received value is malformed. */
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

/** The message of any thrown value, to be read by a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
