import type { FaultCode } from '../../domain/errors.ts';
import { Fault, isFault, messageOf } from '../../domain/errors.ts';

/** The error codes of librdkafka that are handled; the package's CODES has all. */
export const CODE = {
  assignPartitions: -175,
  revokePartitions: -174,
  state: -172,
  fatal: -150,
  topicAlreadyExists: 36,
} as const;

const FAULTS: Readonly<Record<number, FaultCode>> = {
  // Local: queue full.
  [-184]: 'full',
  // Local: message timed out, timed out, timed out in queue. Broker: request timed out.
  [-192]: 'timeout',
  [-185]: 'timeout',
  [-166]: 'timeout',
  7: 'timeout',
  // Message too large, which no retry changes.
  10: 'corrupt',
};

/** The code of an error of node-rdkafka; -1 if it has none. */
export function codeOf(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : -1;
}

/** Converts an error of node-rdkafka to a Fault. */
export function faultOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = messageOf(error instanceof Object && 'message' in error ? error.message : error);
  return new Fault(FAULTS[codeOf(error)] ?? faultByText(message), `Kafka: ${message}`, { cause: error });
}

/** The errors of delivery reports have no code. */
function faultByText(message: string): FaultCode {
  if (/timed out/i.test(message)) return 'timeout';
  return /too large/i.test(message) ? 'corrupt' : 'unavailable';
}
