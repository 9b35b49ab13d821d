import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';
import { isFault } from './domain/errors.ts';

const SERVERS = {
  REDIS_URL: 'redis://localhost:6379',
  KAFKA_BROKERS: 'localhost:9092',
  MYSQL_URL: 'mysql://root@localhost/floodgate',
  MONGODB_URL: 'mongodb://localhost',
};

describe('loadConfig', () => {
  it('serves this machine only, embedded and in all roles, without any setting', () => {
    const config = loadConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 3000, maxBodyBytes: 16_384 });
    expect(config.roles).toEqual(['front', 'worker', 'scheduler']);
    expect(config.front).toBe('auto');
    expect(config).toMatchObject({ dataDir: './data', jwtSecret: undefined, logLevel: 'info' });
    expect(config.payments).toEqual({ webhookSecret: undefined, webhookUrl: undefined });
    expect([config.redis, config.kafka, config.mysql, config.mongo]).toEqual(Array(4).fill(undefined));
  });

  it('reads the environment of the process by default', () => {
    expect(loadConfig()).toEqual(loadConfig(process.env));
  });

  it('treats an empty or blank variable as not set', () => {
    expect(loadConfig({ PORT: '', HOST: ' ', REDIS_URL: '' })).toEqual(loadConfig({}));
  });

  it('lets a command replace defaults, and the environment override them', () => {
    expect(loadConfig({ LOG_LEVEL: '' }, { LOG_LEVEL: 'warn' }).logLevel).toBe('warn');
    expect(loadConfig({ LOG_LEVEL: 'debug' }, { LOG_LEVEL: 'warn' }).logLevel).toBe('debug');
  });

  it('limits no requests and trusts no proxy by default', () => {
    expect(loadConfig({})).toMatchObject({
      limits: { buyer: 0, address: 0, attempts: 0 },
      trustedProxies: { hops: 0 },
      maxEndedOrders: 100,
      sockets: { perProcess: 50_000, perAddress: 10_000 },
    });
    const config = loadConfig({
      RATE_LIMIT_BUYER: '5',
      RATE_LIMIT_ADDRESS: '7',
      RATE_LIMIT_ATTEMPTS: '9',
      TRUSTED_PROXIES: '2',
    });
    expect(config).toMatchObject({ limits: { buyer: 5, address: 7, attempts: 9 }, trustedProxies: { hops: 2 } });
    expect(loadConfig({ TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).trustedProxies).toMatchObject({
      networks: [
        { address: '10.0.0.0', prefixLength: 8 },
        { address: '::1', prefixLength: 128 },
      ],
    });
    expect(() => loadConfig({ TRUSTED_PROXIES: '10.0.0.0/8,proxy.local' })).toThrow(/TRUSTED_PROXIES must be a number/);
  });

  it('cannot be changed, not even deep inside', () => {
    const config = loadConfig(SERVERS);
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => Array.prototype.push.call(config.kafka?.brokers, 'x:1')).toThrow(TypeError);
  });

  it('picks a server for each URL that is set, and only for those', () => {
    const config = loadConfig({ ...SERVERS, KAFKA_BROKERS: 'a:1, b:2,[::1]:3', MONGODB_URL: undefined });
    expect(config.redis).toEqual({ url: SERVERS.REDIS_URL, keyPrefix: 'floodgate:' });
    expect(config.kafka?.brokers).toEqual(['a:1', 'b:2', '[::1]:3']);
    expect(config.mysql).toEqual({ url: SERVERS.MYSQL_URL, poolSize: 10 });
    expect(config.mongo).toBeUndefined();
  });

  it.each([
    ['all', ['front', 'worker', 'scheduler']],
    ['worker, front', ['front', 'worker']],
    ['front,front', ['front']],
    ['scheduler,all', ['front', 'worker', 'scheduler']],
  ])('reads the roles %j', (roles, expected) => {
    expect(loadConfig({ ...SERVERS, ROLES: roles }).roles).toEqual(expected);
  });

  it('lists the servers that a process without all roles lacks', () => {
    const env = { ...SERVERS, ROLES: 'worker', REDIS_URL: undefined, KAFKA_BROKERS: '' };
    expect(messageFor(env)).toBe(
      'ROLES=worker needs servers that all processes share: set REDIS_URL, KAFKA_BROKERS, or ROLES=all',
    );
  });

  it.each([
    [{ PORT: '65536' }, 'PORT must be an integer from 0 to 65535, not "65536"'],
    [{ PORT: '80a' }, 'PORT must be an integer from 0 to 65535, not "80a"'],
    [{ PORT: '-1' }, 'PORT must be an integer from 0 to 65535, not "-1"'],
    [{ PURCHASE_BATCH_SIZE: '257' }, 'PURCHASE_BATCH_SIZE must be an integer from 1 to 256, not "257"'],
    [
      { PAYMENT_WEBHOOK_URL: 'front:3000' },
      'PAYMENT_WEBHOOK_URL must be a URL that begins with http:// or https://, not "front:3000"',
    ],
    [
      { ROLES: 'front,wroker' },
      'ROLES must be all, or a comma-separated list of front, worker, scheduler, not "front,wroker"',
    ],
    [{ ROLES: ',' }, 'ROLES must be all, or a comma-separated list of front, worker, scheduler, not ","'],
    [{ LOG_LEVEL: 'INFO' }, 'LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace, not "INFO"'],
    [{ HOST: 'a b' }, 'HOST must be a host name or an IP address, not "a b"'],
    [
      { KAFKA_CA_FILE: '/ca.pem' },
      'KAFKA_CA_FILE needs KAFKA_TLS=on: without it the connection to Kafka is not encrypted',
    ],
    [
      { REDIS_URL: 'redis://a:1?tls=true' },
      'REDIS_URL has a parameter that is not known: tls; for TLS begin it with rediss://',
    ],
    [
      { REDIS_URL: 'redis://a:1?family=6,b:2?sslmode=require' },
      'REDIS_URL has a parameter that is not known: sslmode; for TLS begin it with rediss://',
    ],
    [{ KAFKA_BROKERS: 'localhost' }, 'KAFKA_BROKERS must be a comma-separated list of host:port, not "localhost"'],
  ])('refuses %j in one line that says what is accepted', (env, message) => {
    expect(messageFor(env)).toBe(message);
  });

  it.each([
    ['JWT_SECRET', 'short-secret'],
    ['PAYMENT_WEBHOOK_SECRET', 'short-secret'],
    ['REDIS_URL', 'http://:hunter2@redis'],
    ['MYSQL_URL', 'mysql://root:hunter2@mysql'],
    ['MONGODB_URL', 'mongo://root:hunter2@mongodb'],
  ])('never shows an invalid %s, which may contain a secret', (name, value) => {
    const message = messageFor({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name} must be `));
    expect(message).not.toMatch(/short-secret|hunter2/);
  });

  it('accepts several nodes of a Redis Cluster, and refuses an empty item', () => {
    const url = 'redis://u:p@a:1,b:2,rediss://c:3';
    expect(loadConfig({ ...SERVERS, REDIS_URL: url }).redis?.url).toBe(url);
    for (const bad of ['redis://a:1,', 'redis://a:1,,b:2', 'redis://,b:2']) {
      expect(messageFor({ REDIS_URL: bad })).toMatch(/^REDIS_URL must be /);
    }
  });

  it('accepts a secret of 32 characters and refuses one of 31', () => {
    expect(loadConfig({ JWT_SECRET: 'x'.repeat(32) }).jwtSecret).toBe('x'.repeat(32));
    expect(messageFor({ JWT_SECRET: 'x'.repeat(31) })).toContain('32 characters or more');
  });

  it('groups what concerns payments', () => {
    const webhookSecret = 'y'.repeat(32);
    const webhookUrl = 'https://shop.example/v1/webhooks/payments';
    const env = { PAYMENT_WEBHOOK_SECRET: webhookSecret, PAYMENT_WEBHOOK_URL: webhookUrl };
    expect(loadConfig(env).payments).toEqual({ webhookSecret, webhookUrl });
  });
});

function messageFor(env: Record<string, string | undefined>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (isFault(error, 'config')) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}
