/** Tells what is wrong in one line, and once: a server that is away fails a thousand times with the same words. */
export class Trouble {
  readonly #tell: (line: string) => void;
  #last = '';

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  report(line: string): void {
    if (line === this.#last) return;
    this.#last = line;
    this.#tell(line);
  }

  /** What comes next is news, even in the same words. */
  over(): void {
    this.#last = '';
  }
}
