import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Fault, messageOf } from '../../domain/errors.ts';
import { InFlightCalls } from '../in-flight-calls.ts';
import type { Engine } from './engine-types.ts';
import { Pending } from './pending.ts';
import type { Reply, Request } from './worker-protocol.ts';
import { fromWire } from './worker-protocol.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Half of the default: little of what the engine makes outlives an answer, and it is as fast with less. */
const YOUNG_GENERATION_MB = 24;

/** The engine in a thread of its own: the calls of one turn go over in one message. */
export async function openWorkerEngine(file: string, script: URL): Promise<Engine> {
  const worker = new Worker(script, {
    workerData: file,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // It would close the descriptor that checkpoints.ts keeps open for the sake of the process's locks.
    trackUnmanagedFds: false,
  });
  const post = (request: Request): void => worker.postMessage(request);
  const pending = new Pending();
  const waiting = new InFlightCalls<Waiting>();
  let outbox: [number, string, unknown][] = [];
  let dead: Fault | undefined;

  const flush = (): void => {
    post(outbox);
    outbox = [];
  };
  const die = (message: string, cause?: unknown): void => {
    dead ??= new Fault('unavailable', message, { cause });
    for (const { reject } of waiting.takeAll()) reject(dead);
  };

  await opened(worker);
  worker.on('message', (reply: Reply) => {
    if (reply.kind !== 'answers') return;
    for (const [id, result, error] of reply.answers) {
      const call = waiting.take(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(fromWire(error));
    }
  });
  worker.on('error', (error) => die("the database's thread broke", error));
  worker.on('exit', () => die("the database's thread is gone"));

  return {
    call: (op, args) =>
      pending.add((resolve, reject) => {
        if (dead !== undefined) {
          reject(dead);
          return;
        }
        const id = waiting.add({ resolve: resolve as (result: unknown) => void, reject });
        if (outbox.push([id, op, args]) === 1) setImmediate(flush);
      }),
    close: () =>
      pending.close(async () => {
        if (dead !== undefined) return;
        const exited = once(worker, 'exit');
        post(null);
        await exited;
      }),
  };
}

/** Errors: Fault `config` when the file can't be opened or the thread can't be started. */
async function opened(worker: Worker): Promise<void> {
  const reply = await firstReply(worker);
  if (reply.kind === 'refused') throw fromWire(reply.error);
}

async function firstReply(worker: Worker): Promise<Reply> {
  try {
    const [reply] = (await once(worker, 'message')) as [Reply];
    return reply;
  } catch (error) {
    throw new Fault('config', `the database's thread can't start: ${messageOf(error)}`, { cause: error });
  }
}
