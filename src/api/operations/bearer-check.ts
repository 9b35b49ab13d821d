import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^bearer +(\S+)[ \t]*$/i;

/** Makes the check whether an Authorization header has this token; in constant time, since both are hashed. */
export function bearerCheck(token: string): (authorization: string) => boolean {
  const expected = hashOf(token);
  return (authorization) => {
    const sent = BEARER.exec(authorization)?.[1];
    return sent !== undefined && timingSafeEqual(hashOf(sent), expected);
  };
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
