import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../support/serve.ts';
import { growthOf, type MemorySample } from './memory-growth.ts';
import type { BenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { MemoryResult, Report } from './report.ts';
import { type Case, failureOf } from './run-scenarios.ts';
import type { Setting } from './scenario.ts';

const SAMPLE_MS = 1000;

/** Loads each scenario for minutes without a pause, and looks at the resident memory of its processes meanwhile. */
export async function runMemory(
  cases: readonly Case[],
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Pick<Report, 'memory'> & { readonly failures: readonly string[] }> {
  const progress = createProgress(cases.length);
  const memory: MemoryResult[] = [];
  const failures: string[] = [];
  for (const one of cases) {
    progress.next(`${one.scenario.name}, ${one.connections}`);
    const { seconds, client } = options;
    const setting = { connections: one.connections, client, seconds, servers };
    const name = `${one.scenario.name}, ${one.connections}`;
    try {
      const measured = await memoryOf(one, setting, options, progress.step);
      if (measured.length === 0) progress.say(`${name}: no process lives for all of it`);
      memory.push(...measured);
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { memory, failures };
}

async function memoryOf(
  { scenario, connections }: Case,
  setting: Setting,
  { minutes, warmUpMinutes }: Pick<BenchOptions, 'minutes' | 'warmUpMinutes'>,
  onStep: (step: string) => void,
): Promise<readonly MemoryResult[]> {
  const stage = await scenario.open(setting);
  try {
    const load = async (forMinutes: number): Promise<void> => {
      const end = performance.now() + forMinutes * 60_000;
      while (performance.now() < end) await stage.subject(setting.seconds);
    };
    onStep('warm-up');
    await load(warmUpMinutes);
    onStep(`${minutes} minutes of load`);
    const watch = watchMemory([...stage.processes]);
    const samples = await load(minutes).then(watch.end, async (error: unknown) => {
      await watch.end();
      throw error;
    });
    onStep('checking');
    const wrong = (await stage.check()).filter(({ ok }) => !ok);
    if (wrong.length > 0) throw new Error(`${scenario.name}: ${wrong.map(({ what }) => what).join('; ')}`);
    return samples.map(({ process, of }) => ({
      scenario: scenario.name,
      connections,
      process,
      minutes,
      warmUpMinutes,
      date: new Date().toISOString(),
      ...growthOf(of),
    }));
  } finally {
    await stage.close();
  }
}

interface Watched {
  readonly process: string;
  readonly of: readonly MemorySample[];
}

function watchMemory(processes: readonly ServerProcess[]): { end(): Promise<readonly Watched[]> } {
  const from = performance.now();
  const samples = processes.map((): MemorySample[] => []);
  const end = new AbortController();
  const watching = (async () => {
    while (!end.signal.aborted) {
      for (const [n, process] of processes.entries()) {
        samples[n]?.push({ ms: performance.now() - from, mb: await process.memoryMb() });
      }
      await delay(SAMPLE_MS, undefined, { signal: end.signal }).catch(() => {});
    }
  })();
  return {
    end: async () => {
      end.abort();
      await watching;
      return processes.map(({ name }, n) => ({ process: `${name} ${n + 1}`, of: samples[n] ?? [] }));
    },
  };
}
