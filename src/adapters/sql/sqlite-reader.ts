import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Fault, messageOf } from '../../domain/errors.ts';
import { InFlightCalls } from '../in-flight-calls.ts';

type Parameter = string | number;

export type ReadRequest = readonly [id: number, sql: string, params: readonly Parameter[]];
export type ReadReply = readonly [
  id: number,
  rows: readonly unknown[] | undefined,
  error?: { readonly message: string; readonly code: string },
];

/** No row outlives its answer: a sixth of the default is as fast, and an export of any length takes 20 MB less memory. */
const LIMITS = { maxYoungGenerationSizeMb: 8 } as const;

interface Waiting {
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads rows without keeping this thread busy. */
export interface SqliteReader {
  rows<Row>(sql: string, ...params: readonly Parameter[]): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * SQLite reads in the thread that asks, and counting a million orders takes it half a second: such reads run in a thread
 * of their own, one after the other, on a connection of their own (WAL: they neither wait for writers nor stop them). The
 * thread is started by the first of them.
 *
 * @param script the built sqlite-reader-thread.js
 */
export function createSqliteReader(file: string, script: URL): SqliteReader {
  const waiting = new InFlightCalls<Waiting>();
  let worker: Worker | undefined;

  const end = (message: string, cause?: unknown): void => {
    worker = undefined;
    const fault = new Fault('unavailable', message, { cause });
    for (const { reject } of waiting.takeAll()) reject(fault);
  };
  const start = (): Worker => {
    // True would close descriptors that preserve the locks of the process: see checkpoints.ts of the embedded engine.
    const started = new Worker(script, { workerData: file, trackUnmanagedFds: false, resourceLimits: LIMITS });
    started.on('message', ([id, rows, error]: ReadReply) => {
      const call = waiting.take(id);
      if (waiting.size === 0) started.unref();
      if (error === undefined) call?.resolve(rows as unknown[]);
      else call?.reject(Object.assign(new Error(error.message), { code: error.code }));
    });
    started.on('error', (error) => end(`the reading thread failed: ${messageOf(error)}`, error));
    started.on('exit', () => end('the reading thread has ended'));
    return started;
  };

  return {
    rows: <Row>(sql: string, ...params: readonly Parameter[]) =>
      new Promise<Row[]>((resolve, reject) => {
        worker ??= start();
        const id = waiting.add({ resolve: resolve as Waiting['resolve'], reject });
        // Between reads it keeps no process from ending.
        worker.ref();
        worker.postMessage([id, sql, params] satisfies ReadRequest);
      }),
    close: async () => {
      if (worker === undefined) return;
      const exited = once(worker, 'exit');
      worker.ref();
      worker.postMessage(null);
      await exited;
    },
  };
}
