import { describe, expect, it } from 'vitest';
import { connectionSettings } from './options.ts';

const BROKERS = { brokers: ['one:9092', 'two:9092'] };
const SASL = { mechanism: 'SCRAM-SHA-512', username: 'floodgate', password: 'secret' } as const;

describe('the settings of a connection', () => {
  it('name all brokers, in plain text by default', () => {
    expect(connectionSettings(BROKERS)).toMatchObject({
      'metadata.broker.list': 'one:9092,two:9092',
      'security.protocol': 'plaintext',
    });
  });

  it.each([
    [{}, 'plaintext'],
    [{ tls: true }, 'ssl'],
    [{ tls: { ca: 'ca.pem' } }, 'ssl'],
    [{ sasl: SASL }, 'sasl_plaintext'],
    [{ sasl: SASL, tls: true }, 'sasl_ssl'],
  ] as const)('protect it as %j requires', (options, protocol) => {
    expect(connectionSettings({ ...BROKERS, ...options })).toMatchObject({ 'security.protocol': protocol });
  });

  it('contain the login', () => {
    expect(connectionSettings({ ...BROKERS, sasl: SASL })).toMatchObject({
      'sasl.mechanisms': 'SCRAM-SHA-512',
      'sasl.username': 'floodgate',
      'sasl.password': 'secret',
    });
  });

  it('contain the certificate', () => {
    const tls = { ca: 'ca.pem', certificate: 'me.pem', key: 'key.pem', keyPassword: 'secret' };
    expect(connectionSettings({ ...BROKERS, tls })).toMatchObject({
      'ssl.ca.location': 'ca.pem',
      'ssl.certificate.location': 'me.pem',
      'ssl.key.location': 'key.pem',
      'ssl.key.password': 'secret',
    });
  });

  it('require a broker', () => {
    expect(() => connectionSettings({ brokers: [] })).toThrow(expect.objectContaining({ code: 'config' }));
  });
});
