import { parseArgs } from 'node:util';
import { serialiseAudit } from '../api/audit/json.ts';
import { auditOnce } from '../app/commands/audit.ts';
import { loadConfig } from '../config.ts';
import { Fault, messageOf } from '../domain/errors.ts';
import type { AuditResult, Discrepancy, Invariant } from '../services/audit/result.ts';

const HELP = `Usage: floodgate audit <sale> [--json]

Holds the sides of a sale against each other, order by order: ticket queue, order log, order store and live state. It
reads only, and may run while the sale goes on: what is on its way is counted apart.

  --json  the report as JSON

Exit code: 0 all is well, 1 there are differences, 2 something could not be read.
`;

const [WELL, DIFFERENT, UNREADABLE] = [0, 1, 2];

/** Whoever watches the exit code must not take a server that is away, or a slip of the pen, for a difference. */
export async function audit(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    process.stderr.write(`floodgate: ${messageOf(error)}\n`);
    return UNREADABLE;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return WELL;
  }
  const [saleId, ...more] = positionals;
  if (saleId === undefined || more.length > 0) throw new Fault('config', 'which sale? floodgate audit <sale>');
  const outcome = await auditOnce(saleId, loadConfig());
  if (outcome.kind === 'unknown') throw new Fault('config', `there is no sale ${saleId}`);
  if (outcome.kind === 'notPublished')
    throw new Fault('config', `sale ${saleId} is a draft: there is nothing to audit`);
  const { result } = outcome;
  process.stdout.write(values.json ? `${serialiseAudit(result)}\n` : told(result));
  return result.ok ? WELL : DIFFERENT;
}

function told({ saleId, startedAt, tookMs, epoch, ok, inFlight, invariants }: AuditResult): string {
  const { unpublished, unstored, returning, uncounted } = inFlight;
  const width = Math.max(...invariants.map(({ rule }) => rule.length));
  return `Sale ${saleId}, epoch ${epoch}, audited ${new Date(startedAt).toISOString()} in ${tookMs} ms

${invariants.map((invariant) => row(invariant, width)).join('')}
On its way: ${unpublished} to publish, ${unstored} to store, ${returning} tickets to come back, ${uncounted} to count
${ok ? 'All is well.' : `${invariants.reduce((sum, { found }) => sum + found, 0)} differences.`}
`;
}

function row({ rule, ok, counted, found, differences }: Invariant, width: number): string {
  const counts = counted.map(({ what, count }) => `${what}: ${count}`).join(', ');
  const untold = found - differences.length;
  const lines = [
    `  ${ok ? 'ok   ' : 'WRONG'}  ${rule.padEnd(width)}  ${counts}`,
    ...differences.map((difference) => `         ${wordsOf(difference)}`),
    ...(untold > 0 ? [`         and ${untold} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function wordsOf({ ticket, orderId, ...sides }: Discrepancy): string {
  const about = [
    ...(ticket === undefined ? [] : [`ticket ${ticket}`]),
    ...(orderId === undefined ? [] : [`order ${orderId}`]),
  ];
  const said = Object.entries(sides).map(([side, words]) => `${side}: ${words}`);
  return `${about.length > 0 ? `${about.join(', ')}; ` : ''}${said.join(' | ')}`;
}
