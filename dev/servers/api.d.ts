/** A server as this tool names it; `mysql` may be MariaDB and `mongodb` may be FerretDB. */
export type ServerName = 'redis' | 'kafka' | 'mysql' | 'mongodb';

export interface UpOptions {
  /** Where data, logs and the state are kept. Without it: a temporary folder, removed by `stop()`. */
  readonly dir?: string;
  /** @default all four */
  readonly only?: readonly ServerName[];
  /** Ports to listen on. Those left out are the ones of the last time in this folder, or free ones. */
  readonly ports?: Readonly<Partial<Record<ServerName | 'kafkaController', number>>>;
  /** More arguments for a server's command line; for Kafka lines of its settings. Not for containers. */
  readonly args?: Readonly<Partial<Record<ServerName, readonly string[]>>>;
  /** `auto`: containers if a Docker engine with compose answers, else processes. @default 'auto' */
  readonly way?: 'auto' | 'local' | 'docker';
  /** Whether the servers are stopped when this process ends, however it ends. @default true without `dir` */
  readonly guard?: boolean;
  /** Start what can be started; what can't stands in `missing`. @default false */
  readonly partial?: boolean;
  /** Told what is installed, downloaded, built and started. */
  readonly log?: (line: string) => void;
}

export interface Servers {
  readonly way: 'local' | 'docker';
  readonly dir: string;
  /** REDIS_URL, KAFKA_BROKERS, MYSQL_URL and MONGODB_URL of the servers that were asked for. */
  readonly urls: Readonly<Record<string, string>>;
  /** Why a server can't run on this machine; empty unless `partial`. */
  readonly missing: Readonly<Partial<Record<ServerName, string>>>;
  /** Starts one again, with its data and on its port; resolves when it answers. */
  start(name: ServerName): Promise<void>;
  /** Sends the signal to one server and waits for its end. @default 'SIGTERM' */
  stop(name: ServerName, signal?: NodeJS.Signals): Promise<void>;
  /** Stops all, and removes a temporary folder. */
  stop(): Promise<void>;
  /** Sends a signal without waiting: SIGSTOP, SIGCONT. False when the server doesn't run. */
  signal(name: ServerName, signal: NodeJS.Signals): boolean | Promise<boolean>;
  /** Undefined when it doesn't run, and for containers. */
  pid(name: ServerName): number | undefined;
  logFile(name: ServerName): string;
}

export interface ServerStatus {
  readonly name: ServerName;
  readonly title?: string;
  readonly up: boolean;
  readonly pid?: number;
  readonly url?: string;
}

/** This machine can't run a server: what depends on it is skipped, not failed. */
export interface ImpossibleError extends Error {
  readonly code: 'SERVERS_IMPOSSIBLE';
}

/** What index.mjs exports. */
export interface ServersTool {
  readonly NAMES: readonly ServerName[];
  /** Where `npm run servers` keeps its instance. */
  readonly DEFAULT_DIR: string;
  readonly Impossible: new (message: string) => ImpossibleError;

  /**
   * Starts servers and resolves when each of them answers in its own protocol. Those that run in this folder are left
   * as they are. All or nothing: a failure stops what this call started.
   * Errors: Impossible; Error with the end of the failed server's log.
   */
  up(options?: UpOptions): Promise<Servers>;

  /** Stops what this tool started in the folder; resolves with the names. Data stays. */
  down(options?: { readonly dir?: string; readonly log?: (line: string) => void }): Promise<ServerName[]>;

  status(options?: { readonly dir?: string }): Promise<ServerStatus[]>;

  /** The URLs of a folder's servers, whether they run or not. */
  urlsOf(dir: string, names: readonly ServerName[]): Readonly<Record<string, string>>;
}
