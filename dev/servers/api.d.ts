/** A server as this tool names it; `mysql` may be MariaDB and `mongodb` may be FerretDB. */
export type ServerName = 'redis' | 'kafka' | 'mysql' | 'mongodb';

export interface UpOptions {
  /** Where data, logs and the state are kept. Without it: a temporary folder, removed by `stop()`. */
  readonly dir?: string;
  /** @default all four */
  readonly only?: readonly ServerName[];
  /** Ports to listen on. @default those of the last start in this folder, else free ones */
  readonly ports?: Readonly<Partial<Record<ServerName | 'kafkaController', number>>>;
  /** More arguments of a server's command line; for Kafka, lines of its settings. Not for containers. */
  readonly args?: Readonly<Partial<Record<ServerName, readonly string[]>>>;
  /** `auto`: containers if a Docker engine with compose answers, else processes. @default 'auto' */
  readonly way?: 'auto' | 'local' | 'docker';
  /** Whether the servers are stopped when this process ends, however it ends. @default true without `dir` */
  readonly stopOnExit?: boolean;
  /** Start those that can be started, and list the others in `missing`. @default false */
  readonly partial?: boolean;
  /** Called with a line for each thing that is installed, downloaded, built or started. */
  readonly log?: (line: string) => void;
}

export interface Servers {
  readonly way: 'local' | 'docker';
  readonly dir: string;
  /** REDIS_URL, KAFKA_BROKERS, MYSQL_URL and MONGODB_URL of the servers that were asked for. */
  readonly urls: Readonly<Record<string, string>>;
  /** Why a server can't run on this machine; empty unless `partial`. */
  readonly missing: Readonly<Partial<Record<ServerName, string>>>;
  /** Restarts one, with its data and on its port; resolves when it answers. */
  start(name: ServerName): Promise<void>;
  /** Sends the signal to one server and waits for its end. @default 'SIGTERM' */
  stop(name: ServerName, signal?: NodeJS.Signals): Promise<void>;
  /** Stops all of them, and removes a temporary folder. */
  stop(): Promise<void>;
  /** Sends a signal such as SIGSTOP or SIGCONT, without waiting. False when the server doesn't run. */
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
export interface UnsupportedError extends Error {
  readonly code: 'SERVERS_UNSUPPORTED';
}

/** What index.mjs exports. */
export interface ServersTool {
  readonly NAMES: readonly ServerName[];
  /** Where `npm run servers` keeps its instance. */
  readonly DEFAULT_DIR: string;
  readonly Unsupported: new (message: string) => UnsupportedError;

  /**
   * Starts servers and resolves when each of them answers in its own protocol. Those that run already in this folder are
   * not restarted. All or nothing: after a failure, those that this call has started are stopped.
   * Errors: Unsupported; Error with the end of the failed server's log.
   */
  up(options?: UpOptions): Promise<Servers>;

  /** Stops what this tool has started in the folder, and keeps the data; resolves with the names. */
  down(options?: { readonly dir?: string; readonly log?: (line: string) => void }): Promise<ServerName[]>;

  status(options?: { readonly dir?: string }): Promise<ServerStatus[]>;

  /** The URLs of a folder's servers, whether they run or not. */
  urlsOf(dir: string, names: readonly ServerName[]): Readonly<Record<string, string>>;
}
