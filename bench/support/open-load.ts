import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { LoadOrder, LoadReport } from './open-loop.ts';
import { OPEN_LOOP } from './programs.ts';

/** An open loop in a process of its own: each request is sent when it is due, and timed from then. */
export async function openLoad(order: LoadOrder): Promise<LoadReport> {
  const generator = fork(OPEN_LOOP);
  generator.send(order);
  const [report] = (await once(generator, 'message')) as [LoadReport];
  generator.disconnect();
  return report;
}
