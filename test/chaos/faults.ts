import { setTimeout as delay } from 'node:timers/promises';
import type { ServerName } from '../../dev/servers/api.d.ts';
import type { Random } from '../simulator/core/random.ts';
import type { ProgramRole } from './programs.ts';
import type { Testbed } from './testbed.ts';

/** A fault of one part of the cluster; it is over when `strike` resolves. */
export interface Fault {
  readonly name: string;
  /** Number of its cards in the deck of its lane, which is dealt out completely before it is shuffled again. */
  readonly cards: number;
  /** Draws from `random` before its first await only, so that a seed gives the same faults in every run. */
  readonly strike: (bed: Testbed, random: Random) => Promise<void>;
}

/** As long as it takes to replace a process, or until a machine answers again. */
const OUTAGE_MS = [100, 3000] as const;
/** As long as a deployment or an operator takes to restore a server. */
const LONG_OUTAGE_MS = 60_000;
/** From part of one script's effects in the append-only file to those of many. */
const TAIL_BYTES = [1, 30_000] as const;

const killProgram = (role: ProgramRole): Fault => ({
  name: `kill -9 ${role}`,
  cards: 4,
  strike: async (bed, random) => {
    const program = random.pick(bed.programs.filter((one) => one.role === role));
    const outageMs = random.between(0, 1000);
    await program.kill();
    await delay(outageMs);
    await program.start();
  },
});

const stopProgram = (role: ProgramRole): Fault => ({
  name: `SIGSTOP ${role}`,
  cards: 1,
  strike: async (bed, random) => {
    const program = random.pick(bed.programs.filter((one) => one.role === role));
    const outageMs = random.between(...OUTAGE_MS);
    program.signal('SIGSTOP');
    await delay(outageMs);
    program.signal('SIGCONT');
  },
});

const killServer = (server: ServerName, cards: number): Fault => ({
  name: `kill -9 ${server}`,
  cards,
  strike: (bed, random) => takeDown(bed, server, random.between(...OUTAGE_MS)),
});

async function takeDown({ servers }: Testbed, server: ServerName, outageMs: number): Promise<void> {
  await servers.stop(server, 'SIGKILL');
  await delay(outageMs);
  await servers.start(server);
}

const stopServer = (server: ServerName): Fault => ({
  name: `SIGSTOP ${server}`,
  cards: 1,
  strike: async ({ servers }, random) => {
    const outageMs = random.between(...OUTAGE_MS);
    await servers.signal(server, 'SIGSTOP');
    await delay(outageMs);
    await servers.signal(server, 'SIGCONT');
  },
});

/** Faults of the network between the programs and a server. */
const networkOf = (server: ServerName): readonly Fault[] => [
  { name: `cut ${server}`, cards: 1, strike: async ({ proxies }) => proxies[server].cut() },
  { name: `cut a reply of ${server}`, cards: 1, strike: async ({ proxies }) => proxies[server].cutNextReply() },
  {
    name: `blackhole ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const durationMs = random.between(...OUTAGE_MS);
      proxies[server].blackhole();
      await delay(durationMs);
      proxies[server].cut();
    },
  },
  {
    name: `freeze ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const durationMs = random.between(...OUTAGE_MS);
      proxies[server].freeze();
      await delay(durationMs);
      proxies[server].thaw();
    },
  },
  {
    name: `slow ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const durationMs = random.between(...OUTAGE_MS);
      proxies[server].setConditions({
        latencyMs: random.between(20, 400),
        bytesPerSecond: random.between(20_000, 500_000),
      });
      await delay(durationMs);
      proxies[server].setConditions({});
    },
  },
  {
    name: `slices ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const durationMs = random.between(...OUTAGE_MS);
      proxies[server].setConditions({ sliceBytes: random.integer(1, 60) });
      await delay(durationMs);
      proxies[server].setConditions({});
    },
  },
];

const cutTail: Fault = {
  name: 'truncate the AOF',
  cards: 8,
  strike: async (bed, random) => {
    const bytes = random.integer(...TAIL_BYTES);
    await bed.servers.stop('redis', 'SIGKILL');
    bed.truncateAof(bytes);
    await bed.servers.start('redis');
  },
};

const flush: Fault = { name: 'FLUSHALL', cards: 2, strike: (bed) => bed.flushRedis() };

export interface Lane {
  /** Injected one after another, at the same time as those of the other lanes. */
  readonly faults: readonly Fault[];
  /** Pause between two faults, milliseconds: from shorter to longer than recovery takes. */
  readonly calmMs: readonly [number, number];
}

const LANE_FAULTS = {
  programs: (['front', 'worker', 'scheduler'] as const).flatMap((role) => [killProgram(role), stopProgram(role)]),
  queue: [killServer('redis', 2), cutTail, flush, stopServer('redis'), ...networkOf('redis')],
  store: [killServer('mysql', 4), stopServer('mysql'), ...networkOf('mysql'), killServer('mongodb', 1)],
  // A broker takes 4 s or more to recover.
  log: [killServer('kafka', 2), stopServer('kafka'), ...networkOf('kafka')],
} as const satisfies Record<string, readonly Fault[]>;

export type LaneName = keyof typeof LANE_FAULTS;

export const LANES: Readonly<Record<LaneName, Lane>> = {
  programs: { faults: LANE_FAULTS.programs, calmMs: [500, 3000] },
  // Recovery waits for the request deadline (2 s) and some time more.
  queue: { faults: LANE_FAULTS.queue, calmMs: [500, 9000] },
  store: { faults: LANE_FAULTS.store, calmMs: [500, 9000] },
  log: { faults: LANE_FAULTS.log, calmMs: [2000, 15_000] },
};

const outage = (server: ServerName): Fault => ({
  name: `${server} down for a minute`,
  cards: 1,
  strike: (bed) => takeDown(bed, server, LONG_OUTAGE_MS),
});

/** In long runs, while the other lanes go on. */
export const OUTAGES: Readonly<Partial<Record<LaneName, Fault>>> = {
  store: outage('mysql'),
  log: outage('kafka'),
};
