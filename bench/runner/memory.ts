import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../support/serve.ts';
import { wholeOf } from './format.ts';
import { commit } from './machine.ts';
import { growthOf, type MemorySample } from './memory-growth.ts';
import type { BenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { MemoryResult, Report } from './report.ts';
import { type Case, failureOf } from './run-scenarios.ts';
import type { ScenarioOptions } from './scenario.ts';

const MINUTE_MS = 60_000;
const SAMPLE_MS = 1000;
/** Between two progress updates: on a terminal they overwrite each other, elsewhere each is a line. */
const PROGRESS_MS = process.stderr.isTTY ? 10_000 : 60_000;
const NO_PROCESS = 'no process runs during the whole measurement';

/** Loads each scenario for minutes without a pause, and samples the resident memory of its processes. */
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
    const { seconds } = options;
    const scenarioOptions = { connections: one.connections, client: one.client, seconds, servers };
    try {
      memory.push(...(await measureMemory(one, scenarioOptions, options, progress.step)));
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { memory, failures };
}

/** Errors: Error when there is no process, one ends before the measurement does, or a check of the scenario fails. */
async function measureMemory(
  { scenario, connections }: Case,
  options: ScenarioOptions,
  { minutes, warmUpMinutes }: Pick<BenchOptions, 'minutes' | 'warmUpMinutes'>,
  onStep: (step: string) => void,
): Promise<readonly MemoryResult[]> {
  const running = await scenario.open(options);
  try {
    const load = async (forMinutes: number): Promise<void> => {
      const end = performance.now() + forMinutes * MINUTE_MS;
      while (performance.now() < end) await running.subject(options.seconds);
    };
    // Checked before the minutes of load: a scenario has its processes from the start, or starts one for each round.
    if (running.processes.length === 0) throw new Error(NO_PROCESS);
    onStep('warm-up');
    await load(warmUpMinutes);
    const sampler = sampleMemory([...running.processes], (ms, mb) =>
      onStep(
        `${(ms / MINUTE_MS).toFixed(1)} of ${minutes} minutes of load, resident MB: ${mb.map(wholeOf).join(', ')}`,
      ),
    );
    const processes = await load(minutes).then(sampler.stop, async (error: unknown) => {
      await sampler.stop();
      throw error;
    });
    onStep('checking');
    // An ended process has no memory, which would look like a decrease.
    const ended = processes.filter(({ samples }) => samples.some(({ mb }) => mb === 0));
    if (ended.length > 0) throw new Error(`${ended.map(({ name }) => name).join(', ')} ended during the measurement`);
    const failed = (await running.check()).filter(({ ok }) => !ok);
    if (failed.length > 0) throw new Error(`${scenario.name}: ${failed.map(({ what }) => what).join('; ')}`);
    return processes.map(({ name, samples }) => ({
      scenario: scenario.name,
      connections,
      process: name,
      minutes,
      warmUpMinutes,
      date: new Date().toISOString(),
      commit: commit(),
      ...growthOf(samples),
    }));
  } finally {
    await running.close();
  }
}

interface ProcessSamples {
  readonly name: string;
  readonly samples: readonly MemorySample[];
}

function sampleMemory(
  processes: readonly ServerProcess[],
  onProgress: (ms: number, mb: readonly number[]) => void,
): { stop(): Promise<readonly ProcessSamples[]> } {
  const from = performance.now();
  const samples = processes.map((): MemorySample[] => []);
  const stop = new AbortController();
  const sampling = (async () => {
    let shownAt = Number.NEGATIVE_INFINITY;
    while (!stop.signal.aborted) {
      const mb = await Promise.all(processes.map((process) => process.memoryMb()));
      const ms = performance.now() - from;
      mb.forEach((value, n) => {
        samples[n]?.push({ ms, mb: value });
      });
      if (ms - shownAt >= PROGRESS_MS) {
        onProgress(ms, mb);
        shownAt = ms;
      }
      await delay(SAMPLE_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stop.abort();
      await sampling;
      return processes.map(({ name }, n) => ({ name: `${name} ${n + 1}`, samples: samples[n] ?? [] }));
    },
  };
}
