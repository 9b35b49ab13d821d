import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Fault, messageOf } from '../../domain/errors.ts';
import { InFlightCalls } from '../in-flight-calls.ts';
import type { Engine } from './engine-types.ts';
import { OpenCalls } from './open-calls.ts';
import type { Reply, Request } from './worker-protocol.ts';
import { fromWire } from './worker-protocol.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Half of the default: few objects of the engine outlive an answer, and it is as fast with less memory. */
const YOUNG_GENERATION_MB = 24;

export interface WorkerEngineOptions {
  /** The built worker.js. */
  readonly script: URL;
  readonly onLost?: (fault: Fault) => void;
  readonly onBroken?: (fault: Fault) => void;
}

/** The engine in its own thread: the calls of one turn of the event loop are sent in one message. */
export async function openWorkerEngine(
  file: string,
  { script, onLost, onBroken }: WorkerEngineOptions,
): Promise<Engine> {
  const worker = new Worker(script, {
    workerData: file,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // True would close the descriptor that checkpoints.ts keeps open to preserve the locks of the process.
    trackUnmanagedFds: false,
  });
  const post = (request: Request): void => worker.postMessage(request);
  const openCalls = new OpenCalls();
  const waiting = new InFlightCalls<Waiting>();
  let outbox: [number, string, unknown][] = [];
  let dead: Fault | undefined;

  const flush = (): void => {
    post(outbox);
    outbox = [];
  };
  let isClosing = false;
  const die = (message: string, cause?: unknown): void => {
    const isFirst = dead === undefined;
    dead ??= new Fault('unavailable', message, { cause });
    if (isFirst && !isClosing) onBroken?.(dead);
    for (const { reject } of waiting.takeAll()) reject(dead);
  };

  await opened(worker);
  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'lost') onLost?.(fromWire(reply.error) as Fault);
    if (reply.kind !== 'answers') return;
    for (const [id, result, error] of reply.answers) {
      const call = waiting.take(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(fromWire(error));
    }
  });
  worker.on('error', (error) => die(`the database thread failed: ${messageOf(error)}`, error));
  worker.on('exit', () => die('the database thread has exited'));

  return {
    call: (op, args) =>
      openCalls.add((resolve, reject) => {
        if (dead !== undefined) {
          reject(dead);
          return;
        }
        const id = waiting.add({ resolve: resolve as (result: unknown) => void, reject });
        if (outbox.push([id, op, args]) === 1) setImmediate(flush);
      }),
    close: () =>
      openCalls.close(async () => {
        if (dead !== undefined) return;
        isClosing = true;
        const exited = once(worker, 'exit');
        post(null);
        await exited;
      }),
  };
}

/** Errors: Fault `config` if the file cannot be opened or the thread cannot be started. */
async function opened(worker: Worker): Promise<void> {
  const reply = await firstReply(worker);
  if (reply.kind === 'failed') throw fromWire(reply.error);
}

async function firstReply(worker: Worker): Promise<Reply> {
  try {
    const [reply] = (await once(worker, 'message')) as [Reply];
    return reply;
  } catch (error) {
    throw new Fault('config', `the database thread cannot start: ${messageOf(error)}`, { cause: error });
  }
}
