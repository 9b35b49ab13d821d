/** The package has no types of its own. */
declare module 'cluster-key-slot' {
  /** The slot of a key, or of the hash tag in it: 0 to 16,383. */
  export default function keySlot(key: string): number;
}
