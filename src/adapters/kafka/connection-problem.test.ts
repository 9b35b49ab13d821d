import { describe, expect, it } from 'vitest';
import { connectionProblem } from './connection-problem.ts';

const fail = (message: string) => ({ fac: 'FAIL', message });
const SSL = '[thrd:ssl://127.0.0.1:9092/bootstrap]: ssl://127.0.0.1:9092/bootstrap:';
const PLAIN = '[thrd:127.0.0.1:9093/bootstrap]: 127.0.0.1:9093/bootstrap:';
const TLS_ON = 'KAFKA_TLS=on asks for TLS, do the brokers speak it on this port?';

describe('a connection to Kafka that fails', () => {
  it.each([
    [
      `${SSL} SSL handshake failed: error:0A00010B:SSL routines::wrong version number (after 3ms in state SSL_HANDSHAKE, 1 identical error(s) suppressed)`,
      `error:0A00010B:SSL routines::wrong version number; ${TLS_ON}`,
    ],
    [
      `${SSL} SSL handshake failed: Disconnected: SSL connection closed by peer: connecting to a PLAINTEXT broker listener? (after 0ms in state SSL_HANDSHAKE)`,
      `Disconnected: SSL connection closed by peer: connecting to a PLAINTEXT broker listener?; ${TLS_ON}`,
    ],
    [
      `${SSL} Connection setup timed out in state SSL_HANDSHAKE (after 4001ms in state SSL_HANDSHAKE)`,
      `Connection setup timed out in state SSL_HANDSHAKE; ${TLS_ON}`,
    ],
    [
      `${SSL} SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified (after 9ms in state SSL_HANDSHAKE)`,
      'error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified; see KAFKA_CA_FILE',
    ],
  ])('with TLS: %s', (message, reason) => {
    expect(connectionProblem(fail(message), true)).toBe(`Kafka: the TLS handshake failed: ${reason}`);
    expect(connectionProblem({ fac: 'MAXPOLL', message }, true)).toBeUndefined();
  });

  it('without TLS, at the first request, names the setting', () => {
    const message = `${PLAIN} Disconnected: connection closed by peer: receive 0 after POLLIN (after 1ms in state APIVERSION_QUERY)`;
    expect(connectionProblem(fail(message), false)).toContain('set KAFKA_TLS=on');
  });

  it.each([
    [`${PLAIN} Connect to ipv4#127.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT)`, false],
    [`${SSL} Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)`, true],
    [`${PLAIN} Disconnected: connection closed by peer: receive 0 after POLLIN (after 900ms in state UP)`, false],
  ])('otherwise is not blamed on TLS: %s', (message, tls) => {
    expect(connectionProblem(fail(message), tls)).toBeUndefined();
  });
});
