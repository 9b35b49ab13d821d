/** The part of autocannon that the benchmarks use; its community types lag behind. */
declare module 'autocannon' {
  export default function autocannon(options: Readonly<Record<string, unknown>>): Promise<never>;
}
