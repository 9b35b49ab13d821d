import { Counter, type Registry } from 'prom-client';

export interface LogMetrics {
  /** Registers the count of dropped log lines, read on each scrape. */
  readonly sampleLogDrops: (dropped: () => number) => void;
}

export function createLogMetrics(register: Registry): LogMetrics {
  let dropped = (): number => 0;
  new Counter({
    name: 'floodgate_log_lines_dropped_total',
    help: 'Log lines that could not be written: the disk is full, or the reader of a pipe does not read.',
    registers: [register],
    collect() {
      this.reset();
      this.inc(dropped());
    },
  });
  return {
    sampleLogDrops: (read) => {
      dropped = read;
    },
  };
}
