import { expect, test } from 'vitest';
import { parseMysqlUrl } from './mysql-url.ts';

const PLAIN = 'mysql://user:p%40ss@db:3306/shop';
const verified = { rejectUnauthorized: true, verifyIdentity: true };
const encrypted = { rejectUnauthorized: false, verifyIdentity: false };

test.each<[string, unknown]>([
  ['', undefined],
  ['?sslmode=disable', undefined],
  ['?ssl-mode=DISABLED', undefined],
  ['?tls=false', undefined],
  ['?sslmode=require', encrypted],
  ['?ssl-mode=REQUIRED', encrypted],
  ['?sslMode=REQUIRED', encrypted],
  ['?ssl_mode=required', encrypted],
  ['?tls=skip-verify', encrypted],
  ['?tls=true', verified],
  ['?ssl=true', verified],
  ['?ssl=1', verified],
  ['?useSSL=true', verified],
  ['?sslmode=verify-full', verified],
  ['?ssl-mode=VERIFY_IDENTITY', verified],
  ['?ssl-mode=VERIFY_CA', { rejectUnauthorized: true, verifyIdentity: false }],
  ['?ssl=%7B%22minVersion%22%3A%22TLSv1.3%22%7D', { minVersion: 'TLSv1.3' }],
  ['?ssl=Amazon+RDS', 'Amazon RDS'],
])('TLS by the parameters "%s"', (parameters, ssl) => {
  expect(parseMysqlUrl(PLAIN + parameters)).toEqual({ url: PLAIN, ssl });
});

test.each([
  ['?sslmode=prefer', /sslmode=prefer, which can't be honoured/],
  ['?ssl-mode=PREFERRED', /can't be honoured/],
  ['?tls=preferred', /can't be honoured/],
  ['?tls=custom', /can't be honoured/],
  ['?ssl=yes', /can't be honoured/],
  ['?ssl={', /malformed JSON/],
  ['?encrypt=true', /not known: encrypt/],
  ['?sslcert=client.pem', /not known: sslcert/],
  ['?ssl=true&sslmode=disable', /both ssl and sslmode/],
  ['?ssl=true&ssl=false', /both ssl and ssl/],
  ['?ssl-ca=/no/such/file', /ssl-ca, which can't be read/],
])('refuses what it can not honour: %s', (parameters, reason) => {
  const parse = () => parseMysqlUrl(PLAIN + parameters);
  expect(parse).toThrow(expect.objectContaining({ code: 'config', message: expect.stringMatching(reason) }));
  expect(parse).not.toThrow(/p%40ss|p@ss/);
});

test('a CA file is used, and means that certificates are verified', () => {
  const path = import.meta.filename;
  const ca = expect.stringContaining('a CA file is used');
  expect(parseMysqlUrl(`${PLAIN}?ssl-ca=${path}`).ssl).toEqual({ ...verified, ca });
  expect(parseMysqlUrl(`${PLAIN}?ssl-ca=${path}&ssl-mode=REQUIRED`).ssl).toEqual({
    rejectUnauthorized: true,
    verifyIdentity: false,
    ca,
  });
  expect(() => parseMysqlUrl(`${PLAIN}?ssl-ca=${path}&ssl=false`)).toThrow(/does not use/);
});

test('keeps other parameters that the driver knows', () => {
  expect(parseMysqlUrl(`${PLAIN}?compress=true&tls=1`)).toEqual({ url: `${PLAIN}?compress=true`, ssl: verified });
});
