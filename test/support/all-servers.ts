const {
  TEST_REDIS_URL: redis,
  TEST_KAFKA_BROKERS: kafka,
  TEST_MYSQL_URL: mysql,
  TEST_MONGODB_URL: mongo,
} = process.env;

/** Where the four servers are; undefined where one is missing. `dev/test.mjs` starts those whose variables a test file names. */
export const ALL_SERVERS = redis && kafka && mysql && mongo ? { redis, kafka, mysql, mongo } : undefined;

if (ALL_SERVERS === undefined) console.warn('SKIPPED: the tests of the cluster need all four servers');
