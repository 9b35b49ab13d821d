import { randomBytes } from 'node:crypto';

const SANE = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * Makes a judge of request ids: the caller's own, if it is safe to repeat in headers, JSON and logs, else a new one,
 * unique to this process by its random beginning.
 */
export function createRequestIds(): (sent: string) => string {
  const prefix = `${randomBytes(6).toString('hex')}-`;
  let made = 0;
  return (sent) => {
    if (sent !== '' && SANE.test(sent)) return sent;
    made += 1;
    return prefix + made.toString(36);
  };
}
