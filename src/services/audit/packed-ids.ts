/** Bytes of a slot: order ids have 14 characters. A multiple of 4, so that slots are compared as 32-bit words. */
const SLOT = 16;
const WORDS = SLOT / 4;

/** Fills the slot of an id that can't be packed. */
const UNPACKED = 0xff;

/** The characters that can be packed: visible ASCII. */
const [FIRST, LAST] = [0x21, 0x7e];

/**
 * An array of order ids, 16 bytes each: a million strings would take ten times as much memory, and each garbage
 * collection would scan them. An id that can't be packed, which is none of ours, is stored as a string.
 */
export class PackedIds {
  #bytes: Buffer;
  #words: Uint32Array;
  readonly #unpacked = new Map<number, string>();

  /** @param size the initial number of slots; it grows */
  constructor(size: number) {
    [this.#bytes, this.#words] = allocate(size);
  }

  set(n: number, id: string): void {
    if (SLOT * n >= this.#bytes.length) this.#grow(2 * n + 1);
    // Characters that can't be packed are rare, so the bytes are written while they are checked.
    let packable = id.length > 0 && id.length <= SLOT;
    for (let i = 0; i < SLOT; i += 1) {
      const code = i < id.length ? id.charCodeAt(i) : 0;
      if (i < id.length && (code < FIRST || code > LAST)) packable = false;
      this.#bytes[SLOT * n + i] = code;
    }
    if (packable) {
      if (this.#unpacked.size > 0) this.#unpacked.delete(n);
      return;
    }
    this.#bytes.fill(UNPACKED, SLOT * n, SLOT * (n + 1));
    this.#unpacked.set(n, id);
  }

  /** The empty string for an empty slot. */
  get(n: number): string {
    if (!this.has(n)) return '';
    const unpacked = this.#unpacked.get(n);
    if (unpacked !== undefined) return unpacked;
    let end = SLOT * n;
    while (end < SLOT * (n + 1) && this.#bytes[end]) end += 1;
    return this.#bytes.toString('latin1', SLOT * n, end);
  }

  has(n: number): boolean {
    // A slot is filled from the left, and no packed character is 0.
    return this.#words[WORDS * n] !== undefined && this.#words[WORDS * n] !== 0;
  }

  /** Whether both have the same id, or none, in this slot. */
  same(n: number, other: PackedIds): boolean {
    for (let word = WORDS * n; word < WORDS * (n + 1); word += 1) {
      if (this.#words[word] !== other.#words[word]) return false;
    }
    return this.#unpacked.get(n) === other.#unpacked.get(n);
  }

  #grow(size: number): void {
    const [bytes, words] = allocate(size);
    this.#bytes.copy(bytes);
    [this.#bytes, this.#words] = [bytes, words];
  }
}

function allocate(size: number): [Buffer, Uint32Array] {
  const memory = new ArrayBuffer(SLOT * size);
  return [Buffer.from(memory), new Uint32Array(memory)];
}
