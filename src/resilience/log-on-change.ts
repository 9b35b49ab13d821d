/**
 * Logs a reason once, however often it repeats in a row: a connection is retried several times a second. `undefined`
 * means that the problem is over; the next reason is then logged even if it is the same.
 */
export function logOnChange(log: (reason: string) => void): (reason: string | undefined) => void {
  let last: string | undefined;
  return (reason) => {
    if (reason !== undefined && reason !== last) log(reason);
    last = reason;
  };
}
