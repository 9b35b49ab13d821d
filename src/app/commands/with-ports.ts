import type { Config } from '../../config.ts';
import { createLog } from '../../telemetry/log.ts';
import { openPorts } from '../adapters/open-ports.ts';

export type OpenedPorts = Awaited<ReturnType<typeof openPorts>>['ports'];

/**
 * Opens the ports for a command that runs beside servers, and closes them after it. It makes no data folder: a wrong DATA_DIR
 * would get an empty one. Errors: Fault `config`; those of `use`.
 */
export async function withPorts<Result>(config: Config, use: (ports: OpenedPorts) => Promise<Result>): Promise<Result> {
  const log = createLog({ level: 'warn', to: process.stderr });
  const { ports, close } = await openPorts(config, log, { create: false });
  try {
    return await use(ports);
  } finally {
    await close();
  }
}
