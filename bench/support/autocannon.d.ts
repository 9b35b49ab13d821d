/** The part of autocannon's API that the benchmarks use; the published types are out of date. */
declare module 'autocannon' {
  interface Run extends Promise<never> {
    on(event: 'response', listener: (client: unknown, status: number) => void): void;
    on(event: 'start', listener: () => void): void;
    stop(): void;
  }

  export default function autocannon(options: Readonly<Record<string, unknown>>): Run;
}
