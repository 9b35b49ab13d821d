import { Fault } from '../domain/errors.ts';
import type { LogAuditSource } from '../ports/audit-source.ts';
import type { LiveState, LogTally } from '../ports/live-state.ts';
import { LogTallies } from './live-rebuild/log-tallies.ts';

export interface RebuildPorts {
  readonly source: LogAuditSource;
  readonly live: Pick<LiveState, 'rebuild'>;
}

export interface RebuildOptions {
  /** Called after each page of the log; the next one is read when it resolves. @default none */
  readonly pause?: () => Promise<void>;
}

export interface RebuiltSale {
  readonly saleId: string;
  /** Tickets of the sale's reservations in the log. */
  readonly reserved: number;
  /** The number of figures that were wrong, or behind the log. */
  readonly changed: number;
  /** Seconds before this one, since 1970, were not changed, because the log lacks its oldest entries; 0 if it has all. */
  readonly since: number;
}

/**
 * Times that the log's end is read again because the live view had gone on meanwhile. It follows the log by 25 ms, and
 * reading the last entries takes less.
 */
const MAX_ROUNDS = 20;

/**
 * Sets the live figures of some sales to those of the log, which is read once from its beginning. The live view may go on
 * meanwhile. Errors: those of the ports; Fault `unavailable` if the live state has entries that the log does not have.
 */
export async function rebuildLive(
  saleIds: readonly string[],
  { source, live }: RebuildPorts,
  { pause }: RebuildOptions = {},
): Promise<readonly RebuiltSale[]> {
  const tallies = new LogTallies(saleIds);
  const done: RebuiltSale[] = [];
  let left = saleIds;
  for (let round = 0; left.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Fault('unavailable', `the live state of ${left[0]} is ahead of the log`);
    for await (const page of source.entries(tallies.extendTo(await source.ranges()))) {
      tallies.add(page);
      await pause?.();
    }
    const overtaken: string[] = [];
    for (const saleId of left) {
      const tally = tallies.of(saleId);
      const outcome = await live.rebuild(tally);
      if (outcome.kind === 'overtaken') overtaken.push(saleId);
      else done.push({ saleId, changed: outcome.changed, ...factsOf(tally) });
    }
    left = overtaken;
  }
  return done;
}

function factsOf({ partitions, seconds }: LogTally): Pick<RebuiltSale, 'reserved' | 'since'> {
  return {
    reserved: seconds.reduce((sum, { reserved }) => sum + reserved, 0),
    since: Math.max(0, ...partitions.map(({ since }) => since)),
  };
}
