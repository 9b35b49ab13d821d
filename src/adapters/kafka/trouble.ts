/** Tells what is wrong in one line, and once: a server that is away fails a thousand times with the same few words. */
export class Trouble {
  readonly #tell: (line: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  report(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#tell(line);
  }

  /** What comes next is events, even in the same words. */
  over(): void {
    if (this.#told.size > 0) this.#told.clear();
  }
}
