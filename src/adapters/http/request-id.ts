import { randomBytes } from 'node:crypto';

const SAFE = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * Makes the function that chooses a request's id: the client's own if it is safe to repeat in headers, JSON and logs, else
 * a new one. New ids have a random prefix that no other process has.
 */
export function createRequestIds(): (sent: string) => string {
  const prefix = `${randomBytes(6).toString('hex')}-`;
  let made = 0;
  return (sent) => {
    if (sent !== '' && SAFE.test(sent)) return sent;
    made += 1;
    return prefix + made.toString(36);
  };
}
