const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * What happened, in its order: always as a hash, and as lines for the one who replays a seed. The hash covers times, names
 * and what is random; a run that went another way by a single choice has another one.
 */
export class Trace {
  #low = FNV_OFFSET;
  #high = FNV_PRIME;
  readonly #lines: string[] | undefined;

  constructor(keepLines: boolean) {
    this.#lines = keepLines ? [] : undefined;
  }

  /** `detail` is asked for only when somebody will read it. */
  note(atMs: number, who: string, what: string, detail?: () => unknown): void {
    this.#mix(`${atMs} ${who} ${what}`);
    if (this.#lines === undefined) return;
    const told = detail?.();
    const text = told === undefined ? '' : ` ${typeof told === 'string' ? told : JSON.stringify(told, asText)}`;
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
