const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The events of a run, in order: always as a hash, and optionally as lines for replaying a seed. The hash covers times,
 * names and random choices; a run that differs in a single choice has a different one.
 */
export class Trace {
  #low = FNV_OFFSET;
  #high = FNV_PRIME;
  readonly #lines: string[] | undefined;

  constructor(keepLines: boolean) {
    this.#lines = keepLines ? [] : undefined;
  }

  /** `detail` is called only if lines are kept. */
  note(atMs: number, who: string, what: string, detail?: () => unknown): void {
    this.#mix(`${atMs} ${who} ${what}`);
    if (this.#lines === undefined) return;
    const value = detail?.();
    const text = value === undefined ? '' : ` ${typeof value === 'string' ? value : JSON.stringify(value, asText)}`;
    this.#lines.push(`${atMs.toFixed(2).padStart(10)}  ${who.padEnd(14)} ${what}${text}`);
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  #mix(text: string): void {
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      this.#low = Math.imul(this.#low ^ code, FNV_PRIME);
      this.#high = Math.imul(this.#high ^ (code + (this.#low >>> 24)), FNV_PRIME);
    }
  }
}

function asText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
