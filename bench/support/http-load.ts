export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Sent in turn by all connections together; at least one for each connection. */
  readonly requests: readonly WireRequest[];
}

export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

export interface LoadResult extends Latency {
  /** Time over which answers were counted. */
  readonly seconds: number;
  /** Answers with a status below 400. */
  readonly accepted: number;
  /** Answers with a status of 400 or more. */
  readonly refused: number;
  /** Failed connections and timed-out requests. */
  readonly broken: number;
}
