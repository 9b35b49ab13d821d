let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs `task` with a virtual `Date.now`, which Cockatiel's breakers read. It is the thread's only one, so a task waits until
 * the ones before it have ended.
 */
export function withVirtualDate<T>(task: (setNow: (now: () => number) => void) => Promise<T>): Promise<T> {
  const run = async () => {
    const { now } = Date;
    try {
      return await task((virtual) => {
        Date.now = virtual;
      });
    } finally {
      Date.now = now;
    }
  };
  const running = previous.then(run, run);
  previous = running;
  return running;
}
