import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Cost } from './report.ts';

/** The part of V8's CPU profile that is read: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** Node ids. */
  readonly samples?: readonly number[];
  /** Microseconds between the samples. */
  readonly timeDeltas?: readonly number[];
  /** Microseconds, as `endTime`. */
  readonly startTime: number;
  readonly endTime: number;
}

const IDLE = '(idle)';
const TOP = 15;

/** The functions with the most self time, as shares of the time in which the process was not idle. */
export function costsOf(
  profile: Pick<CpuProfile, 'nodes' | 'samples' | 'timeDeltas'>,
  top: number = TOP,
): readonly Cost[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  profile.samples?.forEach((id, n) => {
    const name = names.get(id) ?? '(unknown)';
    if (name !== IDLE) spent.set(name, (spent.get(name) ?? 0) + Math.max(0, profile.timeDeltas?.[n] ?? 0));
  });
  const busy = [...spent.values()].reduce((a, b) => a + b, 0);
  return Array.from(spent, ([name, us]) => ({ name, share: busy === 0 ? 0 : us / busy }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, top);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const where = url === '' ? '' : ` ${basename(url)}:${lineNumber + 1}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${where}`;
}

/** Runs with a folder for profiles, then reads one profile of each thread, longest-lived first. */
export async function profiled<Result>(
  folder: string,
  run: (profileDir: string) => Promise<Result>,
): Promise<{ readonly result: Result; readonly costs: readonly Cost[] }> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const result = await run(folder);
  return { result, costs: (await profilesIn(folder)).flatMap(({ thread, profile }) => costsIn(thread, profile)) };
}

interface ThreadProfile {
  readonly thread: string;
  readonly profile: CpuProfile;
}

async function profilesIn(folder: string): Promise<readonly ThreadProfile[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.cpuprofile'));
  const livedUs = ({ profile }: ThreadProfile) => profile.endTime - profile.startTime;
  const all = await Promise.all(
    files.map(async (file) => ({
      thread: threadOf(file),
      profile: JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile,
    })),
  );
  return all.toSorted((a, b) => livedUs(b) - livedUs(a));
}

/** Node names them `CPU.<date>.<time>.<process>.<thread>.<sequence>.cpuprofile`; 0 is a process's main thread. */
function threadOf(file: string): string {
  const [, , , process, thread] = file.split('.');
  return thread === '0' ? `process ${process}` : `process ${process}, thread ${thread}`;
}

const costsIn = (thread: string, profile: CpuProfile): readonly Cost[] =>
  costsOf(profile).map(({ name, share }) => ({ name: `${thread}: ${name}`, share }));

export const costText = (costs: readonly Cost[]): string =>
  costs.map(({ name, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`).join('\n');
