/** The part of autocannon that the benchmarks use; its community types lag behind. */
declare module 'autocannon' {
  interface Run extends Promise<never> {
    on(event: 'response', listener: (client: unknown, status: number) => void): void;
    on(event: 'start', listener: () => void): void;
    stop(): void;
  }

  export default function autocannon(options: Readonly<Record<string, unknown>>): Run;
}
