import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/** Text that waits for a slow reader of a pipe, about a thousand lines; more is dropped. */
const MAX_WAITING_BYTES = 1_048_576;

export interface LossyOutput {
  /** Never throws, and never waits for the reader of a pipe. */
  write(line: string): void;
  /** Lines that could not be written so far. */
  dropped(): number;
}

/**
 * Writes lines to a descriptor, by default standard output, and drops what it does not take: a full disk, a reader that has
 * gone, or one that does not read must not stop the process. A line is written before `write` returns, if it can be: the last
 * line before a crash is the one that matters.
 */
export function openLossyOutput(fd = 1): LossyOutput {
  return isPipe(fd) ? toPipe(fd) : toFile(fd);
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    // It is closed.
    return false;
  }
}

function toPipe(fd: number): LossyOutput {
  let dropped = 0;
  // libuv writes at once what the pipe takes, and keeps the rest until it can be written.
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.unref();
  // The reader has gone: the socket is destroyed, and everything is dropped from here on.
  socket.on('error', () => {
    dropped += 1;
  });
  return {
    write: (line) => {
      if (socket.destroyed || socket.writableLength > MAX_WAITING_BYTES) dropped += 1;
      else socket.write(line);
    },
    dropped: () => dropped,
  };
}

function toFile(fd: number): LossyOutput {
  let dropped = 0;
  let isTorn = false;
  return {
    write: (line) => {
      try {
        // A part of the last line may be there: this one begins on a line of its own.
        writeAll(fd, isTorn ? `\n${line}` : line);
        isTorn = false;
      } catch {
        dropped += 1;
        isTorn = true;
      }
    },
    dropped: () => dropped,
  };
}

/** A disk that is nearly full takes a part; the next write says why. */
function writeAll(fd: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
}
