import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/** The file descriptors of this process: each connection takes one, as do files and connections to servers. */
export interface Descriptors {
  /** How many it may have open; undefined where the system does not say. */
  readonly limit: number | undefined;
  /** The lowest that is free, or undefined if none is. Those that are lower are all open. */
  lowestFree(): number | undefined;
  /** Whether at least so many are free. */
  hasFree(count: number): boolean;
}

/** Node has raised the soft limit to the hard one by then. */
export function processDescriptors(): Descriptors {
  return {
    limit: limitIn(readLimits()),
    lowestFree: () => {
      const [opened] = open(1);
      return opened;
    },
    hasFree: (count) => open(count).length === count,
  };
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Not Linux.
    return '';
  }
}

/** The soft limit in the text of /proc/self/limits. */
export function limitIn(limits: string): number | undefined {
  const limit = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return limit === undefined ? undefined : Number(limit);
}

/** Opens so many, if that many are free, and closes them again; returns those that it got, some microseconds each. */
function open(count: number): readonly number[] {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'));
  } catch {
    // EMFILE, or ENFILE of the whole machine.
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
  return opened;
}
