/**
 * Tells each reason once, however often it comes in a row: what is away is tried several times a second. Undefined says
 * that all is well again, and the next reason is told whatever it is.
 */
export function logOnChange(log: (reason: string) => void): (reason: string | undefined) => void {
  let told: string | undefined;
  return (reason) => {
    if (reason !== undefined && reason !== told) log(reason);
    told = reason;
  };
}
