import type { HttpRefusal } from '../../ports/http.ts';
import type { Head } from './head.ts';

// More digits than any body that a limit could let through; leading zeros are no reason to read on for ever.
const CONTENT_LENGTH = /^\d{1,15}$/;

const LENGTH_REQUIRED: HttpRefusal = { code: 'length_required' };
const TOO_LARGE: HttpRefusal = { code: 'too_large' };

/**
 * How many bytes of body follow, or why the request is refused. Stricter than RFC 9112 where two readers may disagree
 * on where a request ends: any Transfer-Encoding is refused, and Content-Length stands at most once, in digits.
 */
export function bodyLengthOf(head: Readonly<Head>, maxBodyBytes: number): number | HttpRefusal {
  // RFC 9112, section 3.2: whoever is in doubt about the host must refuse.
  if (head.hosts !== 1) return { code: 'malformed', detail: 'Host must be sent once.' };
  if (head.repeated !== '') return { code: 'malformed', detail: `The header ${head.repeated} was sent twice.` };
  if (head.contentLengths > 1) return { code: 'malformed', detail: 'Content-Length was sent twice.' };
  if (head.contentLengths === 1 && !CONTENT_LENGTH.test(head.contentLength)) {
    return { code: 'malformed', detail: 'Content-Length must be digits.' };
  }
  if (head.transferEncoding) return LENGTH_REQUIRED;
  const length = Number(head.contentLength);
  return length > maxBodyBytes ? TOO_LARGE : length;
}
