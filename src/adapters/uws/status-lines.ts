import { STATUS_CODES } from 'node:http';

const LINES: ReadonlyMap<number, string> = new Map(
  Object.entries(STATUS_CODES).map(([code, reason]) => [Number(code), `${code} ${reason}`]),
);

export function statusLine(status: number): string {
  return LINES.get(status) ?? String(status);
}
