/** Fraction digits beyond the third must be zeros: the answer must show the same moment as the request. */
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})0*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The latest time that createTimeText can write. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * An RFC 3339 time in milliseconds since 1970; undefined for anything else, for times before 1970 and for fractions finer
 * than a millisecond. A leap second is refused: no clock here has one.
 */
export function parseTime(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = '', sign = '+', offsetHour = '0', offsetMinute = '0'] = match.slice(7);
  const inRange = hour < 24 && minute < 60 && second < 60 && Number(offsetHour) < 24 && Number(offsetMinute) < 60;
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC rolls a day that the month does not have over into the next month, and maps years before 100 to 19xx.
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!inRange || !exists) return undefined;
  const offsetMinutes = Number(`${sign}1`) * (Number(offsetHour) * 60 + Number(offsetMinute));
  const ms =
    date.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0'));
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}
