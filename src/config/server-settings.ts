import { list, oneOf, optionalText } from './setting.ts';

/** Where the servers are, and how to log in to them. */
export const SERVER_SETTINGS = {
  REDIS_URL: optionalText({
    meaning: 'The ticket queue on Redis; several nodes, separated by commas, are those of a Redis Cluster.',
    accepts: 'a URL that begins with redis:// or rediss://, and perhaps more nodes behind commas',
    pattern: /^rediss?:\/\/[^\s/,][^\s,]*(,(rediss?:\/\/)?[^\s/,][^\s,]*)*$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
  KAFKA_BROKERS: list<readonly string[]>({
    meaning: 'The order log on Kafka.',
    default: [],
    shown: 'embedded in DATA_DIR',
    accepts: 'a comma list of host:port',
    parse: brokersOf,
  }),
  KAFKA_TLS: oneOf<'on' | 'off'>({
    meaning: 'Whether the connection to Kafka is encrypted.',
    default: 'off',
    values: ['on', 'off'],
  }),
  KAFKA_CA_FILE: optionalText({
    meaning: "Certificates of the authority that signed Kafka's, in PEM format; with KAFKA_TLS=on.",
    accepts: 'a path',
    pattern: /^[^\0]{1,4096}$/,
    without: "the system's authorities",
  }),
  KAFKA_SASL_MECHANISM: oneOf<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>({
    meaning: 'How Kafka checks the password, when KAFKA_USERNAME is set.',
    default: 'SCRAM-SHA-512',
    values: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  }),
  KAFKA_USERNAME: optionalText({
    meaning: "The user's name at Kafka.",
    accepts: 'a name',
    pattern: /^\S+$/,
    without: 'no authentication',
  }),
  KAFKA_PASSWORD: optionalText({
    meaning: "The user's password at Kafka.",
    accepts: 'a password',
    pattern: /^.+$/s,
    secret: true,
    without: 'no authentication',
  }),
  MYSQL_URL: optionalText({
    meaning: 'The order store on MySQL or MariaDB; the URL names the database.',
    accepts: 'a URL like mysql://user:password@host:3306/database',
    pattern: /^mysql:\/\/[^\s/]+\/[^\s/?]+(\?\S*)?$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
  MONGODB_URL: optionalText({
    meaning: 'The live state on MongoDB.',
    accepts: 'a URL that begins with mongodb:// or mongodb+srv://',
    pattern: /^mongodb(\+srv)?:\/\/[^\s/]\S*$/,
    secret: true,
    without: 'embedded in DATA_DIR',
  }),
};

function brokersOf(items: readonly string[]): readonly string[] | undefined {
  const valid = items.length > 0 && items.every((item) => /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/.test(item));
  return valid ? items : undefined;
}
