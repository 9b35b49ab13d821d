const realNow = Date.now;
let runs = 0;
let virtualNow = realNow;

/** Makes `Date.now` virtual until the returned function is called. Runs may overlap: see {@link setVirtualNow}. */
export function beginVirtualDate(): () => void {
  runs += 1;
  Date.now = () => virtualNow();
  return () => {
    runs -= 1;
    if (runs === 0) Date.now = realNow;
  };
}

/** To be called before each event of a run: what the event sets going sees this time, and ends before the next event. */
export function setVirtualNow(now: () => number): void {
  virtualNow = now;
}
