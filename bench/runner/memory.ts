import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../support/serve.ts';
import { wholeOf } from './format.ts';
import { commit } from './machine.ts';
import { growthOf, type MemorySample } from './memory-growth.ts';
import type { BenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { MemoryResult, Report } from './report.ts';
import { type Case, failureOf } from './run-scenarios.ts';
import type { Setting } from './scenario.ts';

const MINUTE_MS = 60_000;
const SAMPLE_MS = 1000;
/** Between two words on how it goes: on a terminal, where each takes the place of the last, and where each is a line. */
const TOLD_MS = process.stderr.isTTY ? 10_000 : 60_000;
const NONE_LIVES = 'no process lives for all of it';

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
    const name = `${one.scenario.name}, ${one.connections}`;
    progress.next(name);
    const { seconds, client } = options;
    const setting = { connections: one.connections, client, seconds, servers };
    try {
      memory.push(...(await memoryOf(one, setting, options, progress.step)));
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { memory, failures };
}

/** Errors: Error when no process, or not each of them, lives from the warm-up to the end, or what is stored is wrong. */
async function memoryOf(
  { scenario, connections }: Case,
  setting: Setting,
  { minutes, warmUpMinutes }: Pick<BenchOptions, 'minutes' | 'warmUpMinutes'>,
  onStep: (step: string) => void,
): Promise<readonly MemoryResult[]> {
  const stage = await scenario.open(setting);
  try {
    const load = async (forMinutes: number): Promise<void> => {
      const end = performance.now() + forMinutes * MINUTE_MS;
      while (performance.now() < end) await stage.subject(setting.seconds);
    };
    // Known before the minutes of load: a scenario has its processes from the beginning, or for a round each.
    if (stage.processes.length === 0) throw new Error(NONE_LIVES);
    onStep('warm-up');
    await load(warmUpMinutes);
    const watch = watchMemory([...stage.processes], (ms, mb) =>
      onStep(
        `${(ms / MINUTE_MS).toFixed(1)} of ${minutes} minutes of load, resident MB: ${mb.map(wholeOf).join(', ')}`,
      ),
    );
    const samples = await load(minutes).then(watch.end, async (error: unknown) => {
      await watch.end();
      throw error;
    });
    onStep('checking');
    // An ended process has no memory, which would pass for shrinking.
    const ended = samples.filter(({ of }) => of.some(({ mb }) => mb === 0));
    if (ended.length > 0) throw new Error(`${ended.map((one) => one.process).join(', ')} did not live for all of it`);
    const wrong = (await stage.check()).filter(({ ok }) => !ok);
    if (wrong.length > 0) throw new Error(`${scenario.name}: ${wrong.map(({ what }) => what).join('; ')}`);
    return samples.map(({ process, of }) => ({
      scenario: scenario.name,
      connections,
      process,
      minutes,
      warmUpMinutes,
      date: new Date().toISOString(),
      commit: commit(),
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

function watchMemory(
  processes: readonly ServerProcess[],
  tell: (ms: number, mb: readonly number[]) => void,
): { end(): Promise<readonly Watched[]> } {
  const from = performance.now();
  const samples = processes.map((): MemorySample[] => []);
  const end = new AbortController();
  const watching = (async () => {
    let toldAt = Number.NEGATIVE_INFINITY;
    while (!end.signal.aborted) {
      const mb = await Promise.all(processes.map((process) => process.memoryMb()));
      const ms = performance.now() - from;
      mb.forEach((value, n) => {
        samples[n]?.push({ ms, mb: value });
      });
      if (ms - toldAt >= TOLD_MS) {
        tell(ms, mb);
        toldAt = ms;
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
