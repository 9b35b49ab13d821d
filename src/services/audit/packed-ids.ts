/** Bytes of a slot: order ids have 14 characters. A multiple of 4, so that slots are compared by words. */
const SLOT = 16;
const WORDS = SLOT / 4;

/** Fills the slot of an id that is kept apart. */
const ODD = 0xff;

/** Characters that come back as they were: visible ASCII. */
const [FIRST, LAST] = [0x21, 0x7e];

/**
 * Order ids by number, 16 bytes each: a million strings take ten times as much, and are looked at by each collection of
 * garbage. What no order id of ours can look like is kept as it is.
 */
export class PackedIds {
  #bytes: Buffer;
  #words: Uint32Array;
  readonly #odd = new Map<number, string>();

  /** Room for 0 to `size` (excluded); it grows. */
  constructor(size: number) {
    [this.#bytes, this.#words] = room(size);
  }

  set(n: number, id: string): void {
    if (SLOT * n >= this.#bytes.length) this.#grow(2 * n + 1);
    // Characters that can't be packed are rare: whether there is one is seen on the way.
    let packable = id.length > 0 && id.length <= SLOT;
    for (let i = 0; i < SLOT; i += 1) {
      const code = i < id.length ? id.charCodeAt(i) : 0;
      if (i < id.length && (code < FIRST || code > LAST)) packable = false;
      this.#bytes[SLOT * n + i] = code;
    }
    if (packable) {
      if (this.#odd.size > 0) this.#odd.delete(n);
      return;
    }
    this.#bytes.fill(ODD, SLOT * n, SLOT * (n + 1));
    this.#odd.set(n, id);
  }

  /** Empty when there is none. */
  get(n: number): string {
    if (!this.has(n)) return '';
    const odd = this.#odd.get(n);
    if (odd !== undefined) return odd;
    let end = SLOT * n;
    while (end < SLOT * (n + 1) && this.#bytes[end]) end += 1;
    return this.#bytes.toString('latin1', SLOT * n, end);
  }

  has(n: number): boolean {
    // Ids are filled from the left, and no character of them is 0.
    return this.#words[WORDS * n] !== undefined && this.#words[WORDS * n] !== 0;
  }

  /** Whether both have the same id, or none, at this number. */
  same(n: number, other: PackedIds): boolean {
    for (let word = WORDS * n; word < WORDS * (n + 1); word += 1) {
      if (this.#words[word] !== other.#words[word]) return false;
    }
    return this.#odd.get(n) === other.#odd.get(n);
  }

  #grow(size: number): void {
    const [bytes, words] = room(size);
    this.#bytes.copy(bytes);
    [this.#bytes, this.#words] = [bytes, words];
  }
}

function room(size: number): [Buffer, Uint32Array] {
  const memory = new ArrayBuffer(SLOT * size);
  return [Buffer.from(memory), new Uint32Array(memory)];
}
