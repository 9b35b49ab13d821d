/** The engine's own thread; worker-engine.ts starts it and speaks with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import { OPS } from './ops/table.ts';
import type { Answer, Reply, Request } from './worker-protocol.ts';
import { toWire } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const send = (reply: Reply): void => port.postMessage(reply);

try {
  const groups = new GroupCommit(connect(workerData as string), OPS);
  let answers: Answer[] = [];
  const answer = (one: Answer): void => {
    answers.push(one);
    // A group settles all its calls at once: the first asks for the flush that carries them all.
    if (answers.length === 1) queueMicrotask(flush);
  };
  const flush = (): void => {
    send({ kind: 'answers', answers });
    answers = [];
  };
  port.on('message', (request: Request) => {
    if (request === null) {
      groups.close();
      port.close();
      return;
    }
    for (const [id, op, args] of request) {
      groups.submit({
        op,
        args,
        resolve: (result) => answer([id, result]),
        reject: (error) => answer([id, undefined, toWire(error)]),
      });
    }
  });
  send({ kind: 'open' });
} catch (error) {
  send({ kind: 'refused', error: toWire(error) });
  port.close();
}
