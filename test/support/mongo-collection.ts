import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';

/** Not MONGODB_URL, which may belong to an installation. */
export const TEST_MONGODB_URL = process.env.TEST_MONGODB_URL || undefined;

if (TEST_MONGODB_URL === undefined) {
  console.warn('SKIPPED: the tests on MongoDB need a server: set TEST_MONGODB_URL (mongodb://host:port/database)');
}

export interface MongoCollection {
  readonly url: string;
  /** Begins the name of the test's collection. */
  readonly collection: string;
  /** Removes it and disconnects. */
  readonly drop: () => Promise<void>;
}

/** A collection that no other test file uses. */
export function mongoCollection(url = TEST_MONGODB_URL): MongoCollection {
  if (url === undefined) throw new Error('TEST_MONGODB_URL is not set');
  const collection = `test-${randomBytes(6).toString('hex')}`;
  const client = new MongoClient(url);
  return {
    url,
    collection,
    drop: async () => {
      await client.db().dropCollection(`${collection}.seconds`);
      await client.close();
    },
  };
}
