/** The engine's thread; worker-engine.ts starts it and sends it calls. */
import { parentPort, workerData } from 'node:worker_threads';
import { openCore } from './core.ts';
import type { Answer, Reply, Request } from './worker-protocol.ts';
import { toWire } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const send = (reply: Reply): void => port.postMessage(reply);

try {
  const core = openCore({
    file: workerData as string,
    onLost: (fault) => send({ kind: 'lost', error: toWire(fault) }),
  });
  let answers: Answer[] = [];
  const answer = (one: Answer): void => {
    answers.push(one);
    // A group settles all its calls at once: the first one schedules the message that carries them all.
    if (answers.length === 1) queueMicrotask(flush);
  };
  const flush = (): void => {
    send({ kind: 'answers', answers });
    answers = [];
  };
  port.on('message', (request: Request) => {
    if (request === null) {
      void core.close().then(() => port.close());
      return;
    }
    for (const [id, op, args] of request) {
      core.submit({
        op,
        args,
        resolve: (result) => answer([id, result]),
        reject: (error) => answer([id, undefined, toWire(error)]),
      });
    }
  });
  send({ kind: 'open' });
} catch (error) {
  send({ kind: 'failed', error: toWire(error) });
  port.close();
}
