import { clockText } from '../text/format.ts';
import { useTimeLeft } from './use-time-left.ts';

export interface TimeLeftProps {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly now: () => number | undefined;
}

/** A countdown. Its role keeps screen readers from saying each second of it. */
export function TimeLeft({ at, now }: TimeLeftProps) {
  const left = useTimeLeft(at, now);
  return (
    <span role="timer" class="time">
      {left === undefined ? '…' : clockText(left)}
    </span>
  );
}
