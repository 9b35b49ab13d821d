/** One client's WebSocket as the API sees it. Text frames only. */
export interface LiveSocket {
  /** Unique within the process; the id that log lines and `hello` carry. It needs no escaping in JSON. */
  readonly id: string;
  /** False once it is closed: nothing can be sent any more. */
  readonly open: boolean;
  /**
   * Sends to this client alone. A client that does not read what it is sent is closed with 1013 once more than
   * `maxBufferedBytes` wait for it: an answer is never dropped silently. Does nothing on a closed socket.
   */
  send(frame: string): void;
  /** Frames published to the topic reach it from now on, in the order of their publication, until it leaves. */
  join(topic: string): void;
  leave(topic: string): void;
  /** Closes with an application's or a standard code (RFC 6455, section 7.4) and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
}

export interface LiveHandlers {
  /** A connection came up. */
  readonly opened: (socket: LiveSocket) => void;
  /** A whole text frame; it was checked to be UTF-8 and not longer than `maxFrameBytes`. */
  readonly received: (socket: LiveSocket, frame: string) => void;
  /** Gone, whoever closed it. Called once for each that was opened. */
  readonly closed: (socket: LiveSocket) => void;
}

export interface LiveFrontOptions {
  /** `/v1/live` */
  readonly path: string;
  /** A longer frame closes the socket with 1009; a binary one with 1003. */
  readonly maxFrameBytes: number;
  /** A published frame is dropped for a client that this much already waits for; the next one heals the gap. */
  readonly maxBufferedBytes: number;
  /** A client that stays silent so long, pings unanswered, is closed. */
  readonly idleSeconds: number;
  /** A client that published frames are dropped for, and that hasn't caught up after so long, is closed. @default 5,000 ms */
  readonly slowWithinMs?: number;
  readonly handlers: LiveHandlers;
}

export interface LiveFront {
  /** Sends a frame to all that joined the topic. A slow reader is left out, see `maxBufferedBytes`. */
  publish(topic: string, frame: string): void;
  /** Sockets that are open. */
  connections(): number;
  /** Closes every socket with this code, spread evenly over `overMs` so that they don't all come back at once. */
  closeAll(code: number, reason: string, overMs: number): Promise<void>;
}
