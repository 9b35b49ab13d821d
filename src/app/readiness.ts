import { messageOf } from '../domain/errors.ts';
import type { NodeNumber } from './node-number.ts';
import type { Ports } from './opened.ts';
import type { Policies } from './policies.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly dependencies: Readonly<Record<string, { readonly state: string; readonly detail?: string }>>;
}

export interface ReadinessParts {
  readonly policies: Policies;
  /** Without a number of its own this process can't make order ids. */
  readonly node: Pick<NodeNumber, 'ready'>;
  readonly draining: () => boolean;
}

/** A load balancer asks every second or so: a dependency that needs longer is not ready. */
const PING_LIMIT_MS = 1000;

/** Whether this process should get traffic, and how each dependency is. Live state is no condition: sales go on without. */
export function createReadiness(ports: Ports, { policies, node, draining }: ReadinessParts): () => Promise<Readiness> {
  return async () => {
    const pings = { queue: ports.queue, log: ports.log, store: ports.store, live: ports.live };
    const states = await Promise.all(
      Object.entries(pings).map(async ([name, port]) => [name, await stateOf(() => port.ping())] as const),
    );
    const dependencies: Record<string, { state: string; detail?: string }> = Object.fromEntries(states);
    for (const name of ['queue', 'log'] as const) {
      const breaker = policies[name].state();
      if (breaker === 'open') dependencies[name] = { state: 'down', detail: 'breaker open' };
    }
    dependencies['node'] = { state: node.ready() ? 'up' : 'down' };
    const needed = ['queue', 'log', 'store', 'node'].every((name) => dependencies[name]?.state === 'up');
    return { ready: needed && !draining(), dependencies };
  };
}

async function stateOf(ping: () => Promise<void>): Promise<{ state: string; detail?: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PING_LIMIT_MS} ms`)), PING_LIMIT_MS);
  });
  try {
    await Promise.race([ping(), late]);
    return { state: 'up' };
  } catch (error) {
    return { state: 'down', detail: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
