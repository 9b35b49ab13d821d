import { minorDigitsOf } from '../../src/client/currencies.ts';

const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `$129.99`, in the reader's locale, with the digits of ISO 4217: the amount is in its minor units, not in Intl's. */
export function moneyText({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  const digits = minorDigitsOf(currency);
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...shown }).format(amount / 10 ** digits);
}

/** `1,000` */
export function countText(count: number): string {
  return new Intl.NumberFormat().format(count);
}

/** The moment in the reader's time zone: the time of day, and the date unless it is less than a day from `now`. */
export function momentText(at: number, now: number): string {
  const near = Math.abs(at - now) < DAY_S * SECOND_MS;
  return new Intl.DateTimeFormat(undefined, {
    ...(near ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  }).format(at);
}

/** The time left as a clock shows it: `0:07`, `14:59`, `1:00:00`, `2 d 03:00:00`; a started second counts as whole. */
export function clockText(leftMs: number): string {
  const { days, hours, minutes, seconds } = partsOf(leftMs);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** The time left in words, in its two largest units: `2 minutes 5 seconds`. */
export function durationText(leftMs: number): string {
  const { days, hours, minutes, seconds } = partsOf(leftMs);
  const parts = [
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute'],
    [seconds, 'second'],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  if (first === -1) return 'a moment';
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return shown.map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`).join(' ');
}

function partsOf(leftMs: number) {
  const left = Math.max(0, Math.ceil(leftMs / SECOND_MS));
  return {
    days: Math.floor(left / DAY_S),
    hours: Math.floor((left % DAY_S) / HOUR_S),
    minutes: Math.floor((left % HOUR_S) / MINUTE_S),
    seconds: left % MINUTE_S,
  };
}

/** `Ticket 7`, or `Tickets 7, 8`. */
export function ticketsText(tickets: readonly number[]): string {
  return `${tickets.length === 1 ? 'Ticket' : 'Tickets'} ${tickets.join(', ')}`;
}
