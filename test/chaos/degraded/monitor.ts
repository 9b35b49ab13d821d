import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '../../support/http-client.ts';
import { PATIENCE_MS } from './onlookers.ts';

/** The metrics and the readiness of a front, as an operator sees them. */
export interface Monitor {
  /** How often the breaker of a dependency has changed to the state since the start. */
  changes(dependency: string, to: 'open' | 'half-open' | 'closed'): number;
  /** Dependencies whose breaker is not closed. */
  notClosed(): readonly string[];
  /** The distinct answers of readyz, with their status: `200 degraded without store`. */
  readonly readiness: ReadonlySet<string>;
  stop(): Promise<void>;
}

const EVERY_MS = 100;
const CHANGES = 'floodgate_breaker_changes_total';
const STATE = 'floodgate_breaker_state';

/** Reads metrics and readyz continually; resolves after the first reading. */
export async function startMonitor(port: number): Promise<Monitor> {
  const client = createClient(port, 2, { timeoutMs: PATIENCE_MS });
  const readiness = new Set<string>();
  const read = async () => samplesOf((await client.get('/metrics')).body);
  const before = await read();
  let now = before;
  let stopped = false;
  const watch = async () => {
    while (!stopped) {
      now = await read();
      const { status, body } = await client.get('/readyz');
      readiness.add(`${status} ${wordsOf(JSON.parse(body) as ReadinessBody)}`);
      await delay(EVERY_MS);
    }
  };
  const watching = watch();
  return {
    changes: (dependency, to) => {
      const sample = `${CHANGES}{dependency="${dependency}",to="${to}"}`;
      return (now.get(sample) ?? 0) - (before.get(sample) ?? 0);
    },
    notClosed: () =>
      [...now]
        .filter(([name, value]) => name.startsWith(STATE) && name.includes('state="closed"') && value === 0)
        .map(([name]) => /dependency="(\w+)"/.exec(name)?.[1] ?? name),
    readiness,
    stop: async () => {
      stopped = true;
      await watching;
      client.close();
    },
  };
}

interface ReadinessBody {
  readonly status: string;
  readonly dependencies: Readonly<Record<string, { readonly state: string }>>;
}

function wordsOf({ status, dependencies }: ReadinessBody): string {
  const down = Object.keys(dependencies).filter((name) => dependencies[name]?.state !== 'up');
  return down.length === 0 ? status : `${status} without ${down.join(', ')}`;
}

function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
