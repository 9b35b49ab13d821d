import { list, oneOf, optionalText } from './setting.ts';

/** Addresses of the servers, and how to log in to them. */
export const SERVER_SETTINGS = {
  REDIS_URL: optionalText({
    meaning: 'The ticket queue on Redis; several nodes, separated by commas, make a Redis Cluster.',
    accepts: 'a URL that begins with redis:// or rediss://, optionally followed by more nodes, each after a comma',
    pattern: /^rediss?:\/\/[^\s/,][^\s,]*(,(rediss?:\/\/)?[^\s/,][^\s,]*)*$/,
    secret: true,
    whenUnset: 'embedded in DATA_DIR',
  }),
  KAFKA_BROKERS: list<readonly string[]>({
    meaning: 'The order log on Kafka.',
    default: [],
    defaultText: 'embedded in DATA_DIR',
    accepts: 'a comma-separated list of host:port',
    parse: brokersOf,
  }),
  KAFKA_TLS: oneOf<'on' | 'off'>({
    meaning: 'Whether the connection to Kafka is encrypted.',
    default: 'off',
    values: ['on', 'off'],
  }),
  KAFKA_CA_FILE: optionalText({
    meaning: "CA certificates that Kafka's certificate is verified with, in PEM format; with KAFKA_TLS=on.",
    accepts: 'a path',
    pattern: /^[^\0]{1,4096}$/,
    whenUnset: "the system's authorities",
  }),
  KAFKA_SASL_MECHANISM: oneOf<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>({
    meaning: 'Authentication at Kafka, when KAFKA_USERNAME is set.',
    default: 'SCRAM-SHA-512',
    values: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  }),
  KAFKA_USERNAME: optionalText({
    meaning: 'User name at Kafka.',
    accepts: 'a name',
    pattern: /^\S+$/,
    whenUnset: 'no authentication',
  }),
  KAFKA_PASSWORD: optionalText({
    meaning: 'Password at Kafka.',
    accepts: 'a password',
    pattern: /^.+$/s,
    secret: true,
    whenUnset: 'no authentication',
  }),
  MYSQL_URL: optionalText({
    meaning: 'The order store on MySQL or MariaDB; the URL names the database.',
    accepts: 'a URL like mysql://user:password@host:3306/database',
    pattern: /^mysql:\/\/[^\s/]+\/[^\s/?]+(\?\S*)?$/,
    secret: true,
    whenUnset: 'embedded in DATA_DIR',
  }),
  MONGODB_URL: optionalText({
    meaning: 'The live state on MongoDB.',
    accepts: 'a URL that begins with mongodb:// or mongodb+srv://',
    pattern: /^mongodb(\+srv)?:\/\/[^\s/]\S*$/,
    secret: true,
    whenUnset: 'embedded in DATA_DIR',
  }),
};

function brokersOf(items: readonly string[]): readonly string[] | undefined {
  const valid = items.length > 0 && items.every((item) => /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/.test(item));
  return valid ? items : undefined;
}
