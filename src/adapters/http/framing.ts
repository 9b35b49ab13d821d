import type { HttpRefusal } from '../../ports/http.ts';
import type { Head } from './head.ts';

// 15 digits: more than any limit allows, and still exact as a number.
const CONTENT_LENGTH = /^\d{1,15}$/;

// A header that selects or authorises something is read as it was sent, or refused: never without some of its characters.
const NOT_ASCII = /[^\t\x20-\x7e]/;

const LENGTH_REQUIRED: HttpRefusal = { code: 'length_required' };
const TOO_LARGE: HttpRefusal = { code: 'too_large' };

/**
 * The length of the body in bytes, or the reason to refuse the request. It is stricter than RFC 9112 where two servers may
 * disagree on where a request ends (request smuggling): any Transfer-Encoding is refused, and Content-Length may be sent
 * once, in digits.
 */
export function bodyLengthOf(head: Readonly<Head>, maxBodyBytes: number): number | HttpRefusal {
  // RFC 9112, section 3.2: a request without a Host, or with several, must be refused.
  if (head.hosts !== 1) return { code: 'malformed', detail: 'Host must be sent once.' };
  if (head.repeated !== '') return { code: 'malformed', detail: `The header ${head.repeated} was sent twice.` };
  if (head.contentType !== '' && NOT_ASCII.test(head.contentType)) return notAscii('Content-Type');
  if (head.ifMatch !== '' && NOT_ASCII.test(head.ifMatch)) return notAscii('If-Match');
  if (head.contentLengths > 1) return { code: 'malformed', detail: 'Content-Length was sent twice.' };
  if (head.contentLengths === 1 && !CONTENT_LENGTH.test(head.contentLength)) {
    return { code: 'malformed', detail: 'Content-Length must be digits.' };
  }
  if (head.transferEncoding) return LENGTH_REQUIRED;
  const length = Number(head.contentLength);
  return length > maxBodyBytes ? TOO_LARGE : length;
}

function notAscii(name: string): HttpRefusal {
  return { code: 'malformed', detail: `${name} must be printable ASCII.` };
}
