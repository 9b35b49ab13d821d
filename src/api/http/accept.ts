/** A media type and how much the client wants it, 0 to 1. */
interface Range {
  readonly type: string;
  readonly quality: number;
}

/** `q=` with at most three digits behind the point (RFC 9110, section 12.4.2). */
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The type of these that an Accept header prefers (RFC 9110, section 12.5.1); of several the first in the list, and the first also
 * if it accepts none: an answer in another type is of more use than none.
 */
export function preferredType<const T extends readonly [string, ...string[]]>(accept: string, types: T): T[number] {
  const [first] = types;
  if (accept === '') return first;
  const ranges = accept.split(',').map(rangeOf);
  let preferred: string = first;
  let highest = 0;
  for (const type of types) {
    const quality = qualityOf(type, ranges);
    if (quality > highest) [preferred, highest] = [type, quality];
  }
  return preferred;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const given = parameters.map((parameter) => QUALITY.exec(parameter)?.[1]).find((found) => found !== undefined);
  return { type: type.toLowerCase(), quality: given === undefined ? 1 : Number(given) };
}

/** By the most specific range that covers the type. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const kind = `${type.slice(0, type.indexOf('/'))}/*`;
  for (const name of [type, kind, '*/*']) {
    const range = ranges.find((one) => one.type === name);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
