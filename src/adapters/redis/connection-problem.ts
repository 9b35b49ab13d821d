import { messageOf } from '../../domain/errors.ts';

/** What a handshake with a server that does not speak TLS ends in: an error of OpenSSL, a closed connection, or nothing. */
const NO_HANDSHAKE = /ETIMEDOUT|ECONNRESET|wrong version number|before secure TLS|packet length too long/i;
/** What a server that expects TLS makes of plain text. */
const NO_PLAIN_TEXT = /ECONNRESET|EPIPE|Protocol error/i;

/** Why a connection failed, for a log line, with the setting to look at where the two ends may disagree on TLS. */
export function connectionProblem(url: string, error: unknown): string {
  const isTls = url.startsWith('rediss:');
  const message = messageOf(error);
  if (isTls && NO_HANDSHAKE.test(message)) {
    return `${message}: the TLS handshake failed; REDIS_URL asks for TLS (rediss://), does the server speak it on this port?`;
  }
  if (!isTls && NO_PLAIN_TEXT.test(message)) {
    return `${message}: if the server expects TLS, REDIS_URL must begin with rediss://`;
  }
  return message;
}
