/** Estimated time left after `done` of `all` steps; undefined before the first is done. */
export function leftMs(done: number, all: number, elapsedMs: number): number | undefined {
  return done === 0 ? undefined : (elapsedMs / done) * (all - done);
}

const MINUTE_MS = 60_000;

export function leftText(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < MINUTE_MS ? `, ${Math.ceil(ms / 1000)} s left` : `, ${Math.ceil(ms / MINUTE_MS)} min left`;
}

export interface Progress {
  /** Begins the next of all cases. */
  next(name: string): void;
  step(what: string): void;
  /** Prints a line that stays on the screen. */
  say(line: string): void;
  end(): void;
}

/** One line that is overwritten on a terminal, or a line for each step elsewhere. */
export function createProgress(all: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = performance.now();
  let begun = 0;
  let name = '';
  const clear = stream.isTTY ? '\r\x1b[K' : '';
  const show = (what: string) => {
    const left = leftText(leftMs(begun - 1, all, performance.now() - startedAt));
    stream.write(`${clear}[${begun}/${all}] ${name}: ${what}${left}${stream.isTTY ? '' : '\n'}`);
  };
  return {
    next: (what) => {
      begun += 1;
      name = what;
    },
    step: show,
    say: (line) => stream.write(`${clear}${line}\n`),
    end: () => stream.write(clear),
  };
}
