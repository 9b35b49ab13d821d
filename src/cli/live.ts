import { parseArgs } from 'node:util';
import { rebuildLiveOnce } from '../app/commands/live-rebuild.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { RebuiltSale } from '../services/live-rebuild.ts';

const HELP = `Usage: floodgate live rebuild <sale> [--json]

Counts a sale's reserved tickets in the order log, and sets the figures of its live state to them. It may run at any time, also
while the sale goes on and the workers count.

  --json  the result as JSON
`;

export async function live(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [action, saleId, ...more] = positionals;
  if (action !== 'rebuild' || saleId === undefined || more.length > 0) {
    throw new Fault('config', 'the arguments are wrong: floodgate live rebuild <sale>');
  }
  const rebuilt = await rebuildLiveOnce(saleId, loadConfig());
  if (rebuilt === undefined) throw new Fault('config', `there is no sale ${saleId}`);
  process.stdout.write(values.json ? `${JSON.stringify(rebuilt)}\n` : describe(rebuilt));
  return 0;
}

function describe({ saleId, reserved, changed, since }: RebuiltSale): string {
  const figures = changed === 1 ? '1 figure was' : `${changed} figures were`;
  const result = changed === 0 ? 'all figures were right' : `${figures} corrected`;
  const trimmed = since === 0 ? '' : `The log lacks its oldest records: ${untouched(since)}.\n`;
  return `Sale ${saleId}: ${reserved} tickets in the log, ${result}.\n${trimmed}`;
}

/** A partition without any record leaves no second of which all is known. */
function untouched(since: number): string {
  const at = new Date(since * 1000);
  return Number.isNaN(at.getTime())
    ? 'some figures were not changed'
    : `figures before ${at.toISOString()} were not changed`;
}
