/** One client's WebSocket as the API sees it. Text frames only. */
export interface LiveSocket {
  /** Unique within the process; log lines and the `hello` frame carry it. It needs no escaping in JSON. */
  readonly id: string;
  /** False once it is closed: nothing can be sent any more. */
  readonly open: boolean;
  /**
   * Sends to this client alone. A client that does not read is closed with 1013 once more than `maxBufferedBytes` are
   * buffered for it: an answer is never dropped silently. Does nothing on a closed socket.
   */
  send(frame: string): void;
  /** Subscribes: frames published to the topic from now on are sent to it, in order, until it leaves. */
  join(topic: string): void;
  leave(topic: string): void;
  /** Closes with an application's or a standard code (RFC 6455, section 7.4) and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
}

export interface LiveHandlers {
  /** A connection was opened. */
  readonly opened: (socket: LiveSocket) => void;
  /** A whole text frame: valid UTF-8, not longer than `maxFrameBytes`. */
  readonly received: (socket: LiveSocket, frame: string) => void;
  /** The connection was closed, by either side. Called once for each that was opened. */
  readonly closed: (socket: LiveSocket) => void;
}

/** Why a socket is one too many: all of the process, or those of one address. */
export type SocketRefusal = 'process' | 'address';

/** Where an upgrade comes from. */
export interface SocketSender {
  /** The IP address of the other end of the connection, as text. */
  readonly address: string;
  /** The X-Forwarded-For headers, joined by commas; empty without one. Any client can forge it. */
  readonly forwardedFor: string;
}

/** Bounds the number of sockets. */
export interface SocketAdmission {
  /** Undefined if one more may be opened. Counts nothing. */
  refusalOf(sender: SocketSender): SocketRefusal | undefined;
  /** An upgrade is answered with this refusal. */
  refused(by: SocketRefusal): void;
  /** Counts a socket that is opened now; returns what its end has to call. */
  admit(sender: SocketSender): () => void;
}

export interface LiveFrontOptions {
  /** `/v1/live` */
  readonly path: string;
  /** A longer frame closes the socket with 1009; a binary one with 1003. */
  readonly maxFrameBytes: number;
  /** Published frames are dropped for a client that has this much buffered; a later frame makes up for those lost. */
  readonly maxBufferedBytes: number;
  /**
   * A client that sends no complete frame for so long, not even a pong, is closed: so this also bounds the time from the first
   * to the last byte of a frame.
   */
  readonly idleSeconds: number;
  /** A client that frames are dropped for, and that has not caught up after so long, is closed. @default 5,000 ms */
  readonly slowWithinMs?: number;
  /** @default any number of sockets */
  readonly admission?: SocketAdmission;
  readonly handlers: LiveHandlers;
}

export interface LiveFront {
  /** Sends a frame to all sockets that joined the topic, except slow consumers, see `maxBufferedBytes`. */
  publish(topic: string, frame: string): void;
  /** Number of open sockets. */
  connections(): number;
  /** Closes every socket with this code, spread evenly over `overMs` so that clients do not reconnect all at once. */
  closeAll(code: number, reason: string, overMs: number): Promise<void>;
}
