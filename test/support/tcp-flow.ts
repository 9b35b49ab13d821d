import type { Socket } from 'node:net';

/** What a network does to all bytes that pass, in both directions. */
export interface NetworkConditions {
  /** Delay of every byte. @default 0 */
  readonly latencyMs?: number;
  /** Bytes arrive in slices of this size, separately. @default as they were sent */
  readonly sliceBytes?: number;
  /** Bandwidth of each connection in each direction. @default unlimited */
  readonly bytesPerSecond?: number;
}

/** One direction of a connection. */
export interface Flow {
  readonly send: (bytes: Buffer) => void;
  readonly setConditions: (conditions: NetworkConditions) => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Loses the bytes in flight. */
  readonly drop: () => void;
}

/** The sender is not read while more than this is in flight. */
const MAX_IN_FLIGHT_BYTES = 1_048_576;

/** Between slices: long enough for a turn of the receiver's event loop. */
const SLICE_GAP_MS = 1;

interface Slice {
  readonly bytes: Buffer;
  /** On the clock of performance.now(). */
  readonly arrivesAt: number;
  /** The next slice must not arrive with it. */
  readonly separate: boolean;
}

/** Passes bytes from one socket to the other in order, at once by default. */
export function createFlow(from: Socket, to: Socket): Flow {
  const slices: Slice[] = [];
  let inFlight = 0;
  let conditions: NetworkConditions = {};
  let frozen = false;
  let lastArrival = 0;
  let timer: NodeJS.Timeout | undefined;

  const deliver = (): void => {
    timer = undefined;
    while (!frozen && slices[0] !== undefined) {
      const { bytes, arrivesAt, separate } = slices[0];
      const wait = arrivesAt - performance.now();
      if (wait > 0) {
        timer = setTimeout(deliver, wait);
        return;
      }
      slices.shift();
      inFlight -= bytes.length;
      to.write(bytes);
      if (separate && slices.length > 0) {
        timer = setTimeout(deliver, SLICE_GAP_MS);
        return;
      }
    }
    readOn();
  };
  const readOn = () => {
    if (inFlight < MAX_IN_FLIGHT_BYTES && !to.writableNeedDrain) from.resume();
  };
  to.on('drain', readOn);

  return {
    send: (bytes) => {
      const { latencyMs = 0, sliceBytes = bytes.length, bytesPerSecond = Number.POSITIVE_INFINITY } = conditions;
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        const slice = bytes.subarray(at, at + sliceBytes);
        const sentAt = Math.max(performance.now() + latencyMs, lastArrival);
        lastArrival = sentAt + (slice.length * 1000) / bytesPerSecond;
        slices.push({ bytes: slice, arrivesAt: lastArrival, separate: sliceBytes < bytes.length });
        inFlight += slice.length;
      }
      if (timer === undefined) deliver();
      if (inFlight >= MAX_IN_FLIGHT_BYTES || to.writableNeedDrain) from.pause();
    },
    setConditions: (next) => {
      conditions = next;
    },
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
      if (timer === undefined) deliver();
    },
    drop: () => {
      clearTimeout(timer);
      slices.length = 0;
    },
  };
}
