import type { NodeMarks } from '../../../src/ports/node-marks.ts';

/** The marks of node numbers in memory. */
export class MemoryNodeMarks implements NodeMarks {
  readonly #marks = new Map<number, number>();

  async mark(node: number): Promise<number | undefined> {
    return this.#marks.get(node);
  }

  async raise(node: number, mark: number): Promise<void> {
    this.#marks.set(node, Math.max(mark, this.#marks.get(node) ?? mark));
  }
}
