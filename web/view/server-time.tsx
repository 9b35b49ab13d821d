import { useTimeLeft } from './use-time-left.ts';

const SECOND_MS = 1_000;
const FAR = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % SECOND_MS);

/** The server's clock: what everybody's countdown goes by. */
export function ServerTime({ now }: { readonly now: () => number | undefined }) {
  useTimeLeft(FAR, now);
  const clock = now();
  if (clock === undefined) return <span>…</span>;
  const second = new Date(clock - (clock % SECOND_MS));
  return <time dateTime={second.toISOString()}>{second.toLocaleTimeString()}</time>;
}
