import { expect, test } from 'vitest';
import { Fault } from '../../domain/errors.ts';
import { sqlFault, withSqlFaults } from './faults.ts';

function driverError(code: string, extra: object = {}): Error {
  return Object.assign(new Error(`INSERT INTO orders VALUES ('secret') - it broke`), { code, sql: 'secret', ...extra });
}

test.each([
  ['ECONNREFUSED', 'unavailable'],
  ['PROTOCOL_CONNECTION_LOST', 'unavailable'],
  ['ER_LOCK_DEADLOCK', 'unavailable'],
  ['SQLITE_BUSY', 'unavailable'],
  ['', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
  ['ER_ACCESS_DENIED_ERROR', 'unavailable'],
  ['ER_DATA_TOO_LONG', 'corrupt'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'corrupt'],
])('takes %j for %s', (code, fault) => {
  expect(sqlFault(driverError(code), 'storing orders').code).toBe(fault);
});

test.each(['ER_ACCESS_DENIED_ERROR', 'ER_BAD_DB_ERROR', 'SQLITE_CANTOPEN'])(
  'reports %s as a wrong setting at the start',
  (code) => {
    expect(sqlFault(driverError(code), 'migrating', 'starting').code).toBe('config');
  },
);

test.each([
  ['HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection', 'MYSQL_URL asks for TLS'],
  ['HANDSHAKE_SSL_ERROR', 'self-signed certificate', 'the TLS handshake failed, see ssl-mode and ssl-ca in MYSQL_URL'],
  ['ER_SECURE_TRANSPORT_REQUIRED', 'Connections using insecure transport are prohibited', 'the server expects TLS'],
  ['ER_ACCESS_DENIED_ERROR', "Access denied for user 'u'@'h'", 'if the server or this account expects TLS'],
  ['ETIMEDOUT', 'connect ETIMEDOUT', 'no greeting came'],
])('names what to look at for %s: %s', (code, message, look) => {
  const { message: line } = sqlFault(Object.assign(new Error(message), { code }), 'reading a sale');
  expect(line).toBe(`reading a sale: ${message} (${code}); ${line.slice(line.indexOf(look))}`);
});

test('names no setting for a server that is merely unavailable', () => {
  for (const [code, message] of [
    ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:3306'],
    ['ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:3306'],
  ] as const) {
    const { message: line } = sqlFault(Object.assign(new Error(message), { code }), 'reading a sale');
    expect(line).toBe(`reading a sale: ${message} (${code})`);
  }
});

test('contains the message of the database, and no data of buyers', () => {
  for (const error of [driverError('X'), driverError('X', { sqlMessage: 'it broke' })]) {
    const fault = sqlFault(error, 'storing orders');
    expect(fault.message).toBe('storing orders: it broke (X)');
    expect(fault.cause).toMatchObject({ message: 'it broke', code: 'X' });
    expect(JSON.stringify([fault.cause, fault, fault.message])).not.toContain('secret');
  }
});

test('passes a fault on unchanged', async () => {
  const fault = new Fault('corrupt', 'bad');
  await expect(withSqlFaults('x', () => Promise.reject(fault))).rejects.toBe(fault);
});
