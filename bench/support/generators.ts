import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { OpenLoopOptions, OpenLoopReport } from './open-loop.ts';
import type { SocketLoadOptions, SocketLoadReport } from './socket-load.ts';

const OPEN_LOOP = new URL('./open-loop.js', import.meta.url);
const SOCKET_LOAD = new URL('./socket-load.js', import.meta.url);

/** Open-loop load: each request is sent when it is due, and its latency is counted from then. */
export const openLoop = (options: OpenLoopOptions): Promise<OpenLoopReport> => generate(OPEN_LOOP, options);

/** Closed-loop load over WebSockets, one call at a time on each. */
export const socketLoad = (options: SocketLoadOptions): Promise<SocketLoadReport> => generate(SOCKET_LOAD, options);

/** A load generator runs in a process of its own, so that its event loop does nothing else. */
async function generate<Options extends object, Report>(program: URL, options: Options): Promise<Report> {
  const generator = fork(program);
  generator.send(options);
  const [report] = (await once(generator, 'message')) as [Report];
  generator.disconnect();
  return report;
}
