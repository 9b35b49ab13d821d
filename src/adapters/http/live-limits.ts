/**
 * A longer frame than `maxFrameBytes` is read to its end up to this length, only so that its sender can be told (1009).
 * From a still longer one the connection is cut, or closed, as soon as its length was read, so this is what a hostile
 * socket can make the process hold.
 */
export const LONGEST_TOLD_BYTES = 1024 * 1024 + 64 * 1024;

// A reader that is behind for longer is of no use to itself; on a phone between two cells it's back by then.
export const SLOW_WITHIN_MS = 5_000;

/** How a front closes by itself. */
export const CLOSES = {
  binary: { code: 1003, reason: 'text frames only' },
  tooLong: { code: 1009, reason: 'frame too long' },
  broken: { code: 1011, reason: 'internal error' },
  slowReader: { code: 1013, reason: 'slow reader' },
} as const;
