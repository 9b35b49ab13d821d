import { setTimeout as delay } from 'node:timers/promises';
import type { ServerName } from '../../dev/servers/api.d.ts';
import type { Random } from '../simulator/core/random.ts';
import type { ProgramRole } from './programs.ts';
import type { Testbed } from './testbed.ts';

/** Something bad that happens to one part, and is over when it resolves. */
export interface Fault {
  readonly name: string;
  /** Cards of a deck that is shuffled and dealt out before it is shuffled again. */
  readonly cards: number;
  /** What it draws from `random` it draws before its first await, so that a seed gives the same to every run. */
  readonly strike: (bed: Testbed, random: Random) => Promise<void>;
}

/** As long as one process may be slow to be replaced, or a machine to answer again. */
const AWAY_MS = [100, 3000] as const;
/** As a deploy or an operator takes to bring a server back. */
const OUTAGE_MS = 60_000;
/** A few scripts' worth of the queue's file, and many. */
const TAIL_BYTES = [1, 30_000] as const;

const killProgram = (role: ProgramRole): Fault => ({
  name: `kill -9 ${role}`,
  cards: 4,
  strike: async (bed, random) => {
    const program = random.pick(bed.programs.filter((one) => one.role === role));
    const awayMs = random.between(0, 1000);
    await program.kill();
    await delay(awayMs);
    await program.start();
  },
});

const stopProgram = (role: ProgramRole): Fault => ({
  name: `SIGSTOP ${role}`,
  cards: 1,
  strike: async (bed, random) => {
    const program = random.pick(bed.programs.filter((one) => one.role === role));
    const awayMs = random.between(...AWAY_MS);
    program.signal('SIGSTOP');
    await delay(awayMs);
    program.signal('SIGCONT');
  },
});

const killServer = (server: ServerName, cards: number): Fault => ({
  name: `kill -9 ${server}`,
  cards,
  strike: (bed, random) => away(bed, server, random.between(...AWAY_MS)),
});

async function away({ servers }: Testbed, server: ServerName, awayMs: number): Promise<void> {
  await servers.stop(server, 'SIGKILL');
  await delay(awayMs);
  await servers.start(server);
}

const stopServer = (server: ServerName): Fault => ({
  name: `SIGSTOP ${server}`,
  cards: 1,
  strike: async ({ servers }, random) => {
    const awayMs = random.between(...AWAY_MS);
    await servers.signal(server, 'SIGSTOP');
    await delay(awayMs);
    await servers.signal(server, 'SIGCONT');
  },
});

/** What the network between the programs and a server does. */
const networkOf = (server: ServerName): readonly Fault[] => [
  { name: `cut ${server}`, cards: 1, strike: async ({ proxies }) => proxies[server].cut() },
  { name: `cut a reply of ${server}`, cards: 1, strike: async ({ proxies }) => proxies[server].cutNextReply() },
  {
    name: `blackhole ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const lastsMs = random.between(...AWAY_MS);
      proxies[server].blackhole();
      await delay(lastsMs);
      proxies[server].cut();
    },
  },
  {
    name: `freeze ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const lastsMs = random.between(...AWAY_MS);
      proxies[server].freeze();
      await delay(lastsMs);
      proxies[server].thaw();
    },
  },
  {
    name: `slow ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const lastsMs = random.between(...AWAY_MS);
      proxies[server].setConditions({
        latencyMs: random.between(20, 400),
        bytesPerSecond: random.between(20_000, 500_000),
      });
      await delay(lastsMs);
      proxies[server].setConditions({});
    },
  },
  {
    name: `slices ${server}`,
    cards: 1,
    strike: async ({ proxies }, random) => {
      const lastsMs = random.between(...AWAY_MS);
      proxies[server].setConditions({ sliceBytes: random.integer(1, 60) });
      await delay(lastsMs);
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
  /** They come one after another, and at any time beside those of the other lanes. */
  readonly faults: readonly Fault[];
  /** Between two faults: shorter than their repair takes, and longer. */
  readonly calmMs: readonly [number, number];
}

const LANE_FAULTS = {
  programs: (['front', 'worker', 'scheduler'] as const).flatMap((role) => [killProgram(role), stopProgram(role)]),
  queue: [killServer('redis', 2), cutTail, flush, stopServer('redis'), ...networkOf('redis')],
  store: [killServer('mysql', 4), stopServer('mysql'), ...networkOf('mysql'), killServer('mongodb', 1)],
  // A broker takes 4 s and more to come back.
  log: [killServer('kafka', 2), stopServer('kafka'), ...networkOf('kafka')],
} as const satisfies Record<string, readonly Fault[]>;

export type LaneName = keyof typeof LANE_FAULTS;

export const LANES: Readonly<Record<LaneName, Lane>> = {
  programs: { faults: LANE_FAULTS.programs, calmMs: [500, 3000] },
  // Recovery waits out the request deadline (2 s) and then some.
  queue: { faults: LANE_FAULTS.queue, calmMs: [500, 9000] },
  store: { faults: LANE_FAULTS.store, calmMs: [500, 9000] },
  log: { faults: LANE_FAULTS.log, calmMs: [2000, 15_000] },
};

const outage = (server: ServerName): Fault => ({
  name: `${server} down for a minute`,
  cards: 1,
  strike: (bed) => away(bed, server, OUTAGE_MS),
});

/** For runs that have the time, while the other lanes go on. */
export const OUTAGES: Readonly<Partial<Record<LaneName, Fault>>> = {
  store: outage('mysql'),
  log: outage('kafka'),
};
