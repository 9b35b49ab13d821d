/** Digits beyond the third of a fraction must be zeros: what is sent has to come back the same moment. */
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})0*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What can be written again: see createTimeText. */
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A time of RFC 3339 in milliseconds since 1970; undefined for what is none, is before 1970, or is finer than a
 * millisecond. A leap second is refused: no clock here knows one.
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
  // A day that the month doesn't have rolls over into the next; a year before 100 into the twentieth century.
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!inRange || !exists) return undefined;
  const offsetMinutes = Number(`${sign}1`) * (Number(offsetHour) * 60 + Number(offsetMinute));
  const ms =
    date.getTime() + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0'));
  return ms >= 0 && ms <= LATEST_MS ? ms : undefined;
}
