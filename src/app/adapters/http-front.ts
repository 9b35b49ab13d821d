import type { FrontName } from '../../config.ts';
import { Fault } from '../../domain/errors.ts';
import type { ListenHttp } from '../../ports/http.ts';
import type { Log } from '../../telemetry/log.ts';

export type FrontLoaders = Readonly<Record<Exclude<FrontName, 'auto'>, () => Promise<ListenHttp>>>;

/** Imported only when chosen: uWebSockets.js is a binary that does not load on every platform. */
const LOADERS: FrontLoaders = {
  uws: async () => (await import('../../adapters/uws/listen.ts')).listenUws,
  node: async () => (await import('../../adapters/node-http/listen.ts')).listenNode,
};

/**
 * The configured front; `auto` is uWebSockets.js where it loads, else node:http, with a warning. Errors: Fault `config`
 * if uWebSockets.js was requested and does not load.
 */
export async function chooseFront(name: FrontName, log: Pick<Log, 'warn'>, loaders = LOADERS): Promise<ListenHttp> {
  if (name === 'node') return loaders.node();
  try {
    return await loaders.uws();
  } catch (error) {
    const reason = reasonOf(error);
    if (name === 'uws') throw new Fault('config', `FRONT=uws: uWebSockets.js does not load: ${reason}`);
    log.warn({ reason }, 'uWebSockets.js does not load: serving with node:http, which is slower');
    return loaders.node();
  }
}

/** On one line: the binary's own error message has several. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
}
