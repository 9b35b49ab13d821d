import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '../../support/http-client.ts';
import { PATIENCE_MS } from './onlookers.ts';

/** What an operator sees of a front. */
export interface Monitor {
  /** How often the breaker of a dependency came to the state since this began. */
  changes(dependency: string, to: 'open' | 'half-open' | 'closed'): number;
  /** Dependencies whose breaker is not closed. */
  notClosed(): readonly string[];
  /** What readyz said, each once, with its status: `200 degraded without store`. */
  readonly readiness: ReadonlySet<string>;
  stop(): Promise<void>;
}

const EVERY_MS = 100;
const CHANGES = 'floodgate_breaker_changes_total';
const STATE = 'floodgate_breaker_state';

/** Looks at metrics and readyz again and again; resolves after the first look. */
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
  const away = Object.keys(dependencies).filter((name) => dependencies[name]?.state !== 'up');
  return away.length === 0 ? status : `${status} without ${away.join(', ')}`;
}

function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
