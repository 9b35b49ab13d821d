import { type Fault, messageOf } from '../../domain/errors.ts';
import type { Timers } from '../../ports/timers.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import type { Ports } from '../ports.ts';
import type { LeaderWatch } from './leader-watch.ts';
import type { NodeNumber } from './node-number.ts';
import type { Policies } from './policies.ts';

export interface Readiness {
  /** Whether this process can sell and should receive traffic. */
  readonly ready: boolean;
  /** It can sell, but one of its dependencies is unavailable. */
  readonly degraded: boolean;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

interface DependencyState {
  readonly state: 'up' | 'down';
  readonly detail?: string;
}

export interface ReadinessParts {
  readonly policies: Pick<Policies, 'queue' | 'log' | 'store' | 'live'>;
  /** Without a node number this process can't generate order ids. */
  readonly node: Pick<NodeNumber, 'ready'>;
  /** Undefined where this process does the scheduler's work alone. */
  readonly leader?: Pick<LeaderWatch, 'detail'> | undefined;
  /** Why no connections are accepted at present; undefined while they are. */
  readonly notAccepting?: (() => string | undefined) | undefined;
  readonly draining: () => boolean;
  readonly timers: Pick<Timers, 'after'>;
}

/** A load balancer checks every second or so: a dependency that takes longer is not ready. */
const PING_LIMIT_MS = 1000;

/** Without any of these no purchase succeeds. Orders are stored later, and sales are in memory. */
const NEEDED = ['queue', 'log', 'node', 'files'];

/**
 * Whether this process should receive traffic, and each dependency's state; a dependency whose breaker is open is not
 * called.
 */
export function createReadiness(
  ports: { readonly [Name in 'queue' | 'log' | 'store' | 'live']: Pick<Ports[Name], 'ping'> } & Pick<Ports, 'lost'> & {
      readonly queue: Pick<Ports['queue'], 'ping' | 'warnings'>;
    },
  { policies, node, leader, notAccepting, draining, timers }: ReadinessParts,
): () => Promise<Readiness> {
  /** A queue that sells, but should be set up in another way. */
  const withWarnings = (state: DependencyState): DependencyState => {
    const warnings = ports.queue.warnings?.() ?? [];
    return state.state === 'up' && warnings.length > 0 ? { ...state, detail: warnings.join('; ') } : state;
  };

  const stateOf = async (ping: () => Promise<void>): Promise<DependencyState> => {
    try {
      await withTimeLimit(ping(), {
        ms: PING_LIMIT_MS,
        onLate: () => {
          throw new Error(`no answer within ${PING_LIMIT_MS} ms`);
        },
        after: timers.after,
      });
      return { state: 'up' };
    } catch (error) {
      return { state: 'down', detail: messageOf(error) };
    }
  };

  return async () => {
    const states = await Promise.all(
      (['queue', 'log', 'store', 'live'] as const).map(async (name) => {
        const isOpen = policies[name].state() === 'open';
        const state = isOpen ? BREAKER_OPEN : await stateOf(() => ports[name].ping());
        return [name, name === 'queue' ? withWarnings(state) : state] as const;
      }),
    );
    const dependencies: Readonly<Record<string, DependencyState>> = {
      ...Object.fromEntries(states),
      node: { state: node.ready() ? 'up' : 'down' },
      ...filesState(ports.lost?.()),
      ...listenerState(notAccepting?.()),
      ...(leader === undefined ? {} : { scheduler: leaderState(leader) }),
    };
    const down = Object.keys(dependencies).filter((name) => dependencies[name]?.state !== 'up');
    const ready = !draining() && !down.some((name) => NEEDED.includes(name));
    return { ready, degraded: ready && down.length > 0, dependencies };
  };
}

function leaderState({ detail }: Pick<LeaderWatch, 'detail'>): DependencyState {
  const missing = detail();
  return missing === undefined ? { state: 'up' } : { state: 'down', detail: missing };
}

const BREAKER_OPEN: DependencyState = { state: 'down', detail: 'breaker open' };

/** Only while it is closed. Those that are connected can buy, so it makes the process degraded only. */
function listenerState(detail: string | undefined): Readiness['dependencies'] {
  return detail === undefined ? {} : { listener: { state: 'down', detail } };
}

/** Only once they are lost: an open breaker would hide the reason that the other dependencies give. */
function filesState(lost: Fault | undefined): Readiness['dependencies'] {
  return lost === undefined ? {} : { files: { state: 'down', detail: lost.message } };
}
