import { messageOf } from '../domain/errors.ts';
import type { Ports } from './adapters/opened.ts';
import type { NodeNumber } from './node-number.ts';
import type { Policies } from './policies.ts';

export interface Readiness {
  /** Whether this process can sell, and should get traffic. */
  readonly ready: boolean;
  /** It can sell, but something that it uses is away. */
  readonly degraded: boolean;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

interface DependencyState {
  readonly state: 'up' | 'down';
  readonly detail?: string;
}

export interface ReadinessParts {
  readonly policies: Pick<Policies, 'queue' | 'log' | 'store' | 'live'>;
  /** Without a number of its own this process can't make order ids. */
  readonly node: Pick<NodeNumber, 'ready'>;
  readonly draining: () => boolean;
}

/** A load balancer asks every second or so: a dependency that needs longer is not ready. */
const PING_LIMIT_MS = 1000;

/** Without one of these no purchase comes to anything. Orders are stored later, and sales are in memory. */
const NEEDED = ['queue', 'log', 'node'];

/** Whether this process should get traffic, and how each dependency is: away, or not asked since its breaker is open. */
export function createReadiness(
  ports: { readonly [Name in 'queue' | 'log' | 'store' | 'live']: Pick<Ports[Name], 'ping'> },
  { policies, node, draining }: ReadinessParts,
): () => Promise<Readiness> {
  return async () => {
    const states = await Promise.all(
      (['queue', 'log', 'store', 'live'] as const).map(async (name) => {
        const isOpen = policies[name].state() === 'open';
        return [name, isOpen ? BREAKER_OPEN : await stateOf(() => ports[name].ping())] as const;
      }),
    );
    const dependencies: Readonly<Record<string, DependencyState>> = {
      ...Object.fromEntries(states),
      node: { state: node.ready() ? 'up' : 'down' },
    };
    const away = Object.keys(dependencies).filter((name) => dependencies[name]?.state !== 'up');
    const ready = !draining() && !away.some((name) => NEEDED.includes(name));
    return { ready, degraded: ready && away.length > 0, dependencies };
  };
}

const BREAKER_OPEN: DependencyState = { state: 'down', detail: 'breaker open' };

async function stateOf(ping: () => Promise<void>): Promise<DependencyState> {
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
