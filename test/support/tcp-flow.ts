import type { Socket } from 'node:net';

/** What a network does to all that passes, both ways. */
export interface Weather {
  /** Everything arrives so much later. @default 0 */
  readonly latencyMs?: number;
  /** Bytes arrive in pieces of this size, each on its own. @default as they were sent */
  readonly sliceBytes?: number;
  /** Of each connection and direction. @default no bound */
  readonly bytesPerSecond?: number;
}

/** One direction of a connection. */
export interface Flow {
  readonly send: (bytes: Buffer) => void;
  readonly weather: (weather: Weather) => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** What is on its way is lost. */
  readonly drop: () => void;
}

/** More than this on its way, and the sender is not read until some has arrived. */
const IN_FLIGHT_BYTES = 1_048_576;

/** Between slices: long enough for the receiver's event loop to come round. */
const SLICE_GAP_MS = 1;

interface Parcel {
  readonly bytes: Buffer;
  /** As performance.now() has it. */
  readonly arrivesAt: number;
  /** What follows must not arrive with it. */
  readonly apart: boolean;
}

/** Brings bytes from one socket to the other in their order. In fair weather they go at once. */
export function createFlow(from: Socket, to: Socket): Flow {
  const parcels: Parcel[] = [];
  let waiting = 0;
  let weather: Weather = {};
  let frozen = false;
  let lastArrival = 0;
  let timer: NodeJS.Timeout | undefined;

  const deliver = (): void => {
    timer = undefined;
    while (!frozen && parcels[0] !== undefined) {
      const { bytes, arrivesAt, apart } = parcels[0];
      const wait = arrivesAt - performance.now();
      if (wait > 0) {
        timer = setTimeout(deliver, wait);
        return;
      }
      parcels.shift();
      waiting -= bytes.length;
      to.write(bytes);
      if (apart && parcels.length > 0) {
        timer = setTimeout(deliver, SLICE_GAP_MS);
        return;
      }
    }
    goOn();
  };
  const goOn = () => {
    if (waiting < IN_FLIGHT_BYTES && !to.writableNeedDrain) from.resume();
  };
  to.on('drain', goOn);

  return {
    send: (bytes) => {
      const { latencyMs = 0, sliceBytes = bytes.length, bytesPerSecond = Number.POSITIVE_INFINITY } = weather;
      for (let at = 0; at < bytes.length; at += sliceBytes) {
        const slice = bytes.subarray(at, at + sliceBytes);
        const sentAt = Math.max(performance.now() + latencyMs, lastArrival);
        lastArrival = sentAt + (slice.length * 1000) / bytesPerSecond;
        parcels.push({ bytes: slice, arrivesAt: lastArrival, apart: sliceBytes < bytes.length });
        waiting += slice.length;
      }
      if (timer === undefined) deliver();
      if (waiting >= IN_FLIGHT_BYTES || to.writableNeedDrain) from.pause();
    },
    weather: (next) => {
      weather = next;
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
      parcels.length = 0;
    },
  };
}
