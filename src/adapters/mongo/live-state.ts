import { MongoClient } from 'mongodb';
import { Fault, messageOf } from '../../domain/errors.ts';
import type { LiveState, TimelinePoint } from '../../ports/live-state.ts';
import { Applier } from './apply.ts';
import type { LiveDocument } from './documents.ts';
import { changesOf, documentsOf } from './documents.ts';
import { faultOf } from './faults.ts';
import { rebuildSale } from './rebuild.ts';

export interface MongoLiveOptions {
  /** mongodb:// or mongodb+srv://, as the driver accepts it; options in it override those that are set here. */
  readonly url: string;
  /** Connections at the most. @default 10 */
  readonly poolSize?: number;
  /** Begins the collection's name: several installations may share a database. @default 'live' */
  readonly collection?: string;
}

export interface MongoLiveState {
  readonly live: LiveState;
  close(): Promise<void>;
}

const DEFAULT_DATABASE = 'floodgate';
const DEFAULT_COLLECTION = 'live';
const DEFAULT_POOL_SIZE = 10;

/** Documents of a batch: they are decoded in a few milliseconds, in which this thread does nothing else. */
const PAGE = 2000;

/** Short, since callers wait and retry by themselves. */
const SERVER_SELECTION_MS = 2000;
const CONNECT_MS = 2000;
const ANSWER_MS = 5000;
/**
 * Interval of the driver's server monitoring. At its default (10 s), driver 7.8 did not find a server again within a
 * minute that had first hung and then refused connections, however often it was called [measured].
 */
const HEARTBEAT_MS = 1000;

/** A URL that names a database. */
const NAMES_DATABASE = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/;

/**
 * The live state on MongoDB, or a server with its protocol (FerretDB): updates of single documents, without transactions
 * and without indexes other than _id. It connects with the first call, and reconnects when needed.
 * Errors: Fault `config` for a malformed URL.
 */
export function createMongoLiveState(options: MongoLiveOptions): MongoLiveState {
  const client = createClient(options);
  const database = client.db(NAMES_DATABASE.test(options.url) ? undefined : DEFAULT_DATABASE);
  const name = options.collection ?? DEFAULT_COLLECTION;
  const seconds = database.collection<LiveDocument>(`${name}.seconds`);
  const applier = new Applier(seconds);

  const whenConnected = connecting(client);

  /** One reading of the sale's documents: a query for each page would have a server without ranges read all of them each time. */
  const timelinePages = async function* (saleId: string): AsyncGenerator<readonly TimelinePoint[]> {
    const cursor = seconds.find(documentsOf(saleId), {
      batchSize: PAGE,
      projection: { _id: 0, second: 1, reserved: 1 },
    });
    try {
      while (await whenConnected(() => cursor.hasNext())) yield cursor.readBufferedDocuments();
    } finally {
      await cursor.close();
    }
  };

  const live: LiveState = {
    apply: (partition, deltas) => whenConnected(() => applier.apply(changesOf(partition, deltas))),

    rebuild: (tally) => whenConnected(() => rebuildSale(seconds, tally)),

    // The sum of the seconds, so that the total and the timeline are always the same.
    sale: (saleId) =>
      whenConnected(async () => {
        const sum = { saleId, reserved: 0, version: 0 };
        for await (const { reserved, version } of seconds.find(documentsOf(saleId), { batchSize: PAGE })) {
          sum.reserved += reserved;
          sum.version += version;
        }
        return sum.version === 0 ? undefined : sum;
      }),

    timelinePages,

    ping: () =>
      whenConnected(async () => {
        await database.command({ ping: 1 });
      }),
  };

  return { live, close: () => client.close() };
}

/**
 * Runs calls on a connected client, and converts their errors to Faults. The driver itself connects only once: a client
 * whose first call finds no server would fail permanently. Connections that break later are replaced by the driver.
 */
function connecting(client: MongoClient): <T>(work: () => Promise<T>) => Promise<T> {
  let connected: Promise<unknown> | undefined;
  return async (work) => {
    try {
      connected ??= client.connect();
      await connected.catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
      return await work();
    } catch (error) {
      throw faultOf(error);
    }
  };
}

function createClient({ url, poolSize = DEFAULT_POOL_SIZE }: MongoLiveOptions): MongoClient {
  try {
    return new MongoClient(url, {
      appName: 'floodgate',
      maxPoolSize: poolSize,
      serverSelectionTimeoutMS: SERVER_SELECTION_MS,
      connectTimeoutMS: CONNECT_MS,
      socketTimeoutMS: ANSWER_MS,
      waitQueueTimeoutMS: ANSWER_MS,
      heartbeatFrequencyMS: HEARTBEAT_MS,
    });
  } catch (error) {
    throw new Fault('config', `MONGODB_URL can't be used: ${messageOf(error)}`, { cause: error });
  }
}
