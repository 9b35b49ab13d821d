import { parseArgs } from 'node:util';
import { serialiseAudit } from '../api/audit/json.ts';
import { auditOnce } from '../app/commands/audit.ts';
import { loadConfig } from '../config.ts';
import { Fault, messageOf } from '../domain/errors.ts';
import type { AuditResult, Discrepancy, Invariant } from '../services/audit/result.ts';

const HELP = `Usage: floodgate audit <sale> [--json]

Reconciles the ticket queue, order log, order store and live state of a sale, order by order. It only reads, and may run
during the sale: what is in flight is counted separately. A long audit writes its progress to stderr.

  --json  the report as JSON

Exit code: 0 no discrepancies, 1 discrepancies, 2 the audit failed, or its arguments are wrong.
`;

const [CONSISTENT, DISCREPANCIES, FAILED] = [0, 1, 2];

/** A script must be able to distinguish discrepancies from an unavailable server and from wrong arguments. */
export async function audit(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    process.stderr.write(`floodgate: ${messageOf(error)}\n`);
    return FAILED;
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
    return CONSISTENT;
  }
  const [saleId, ...more] = positionals;
  if (saleId === undefined || more.length > 0) throw new Fault('config', 'the sale is missing: floodgate audit <sale>');
  const outcome = await auditOnce(saleId, loadConfig(), ({ source, entries }) =>
    process.stderr.write(`floodgate: ${entries} entries read, now those of the ${source}\n`),
  );
  if (outcome.kind === 'unknown') throw new Fault('config', `there is no sale ${saleId}`);
  if (outcome.kind === 'notPublished')
    throw new Fault('config', `sale ${saleId} is a draft: there is nothing to audit`);
  const { result } = outcome;
  process.stdout.write(values.json ? `${serialiseAudit(result)}\n` : describe(result));
  return result.ok ? CONSISTENT : DISCREPANCIES;
}

function describe({ saleId, startedAt, tookMs, epoch, archived, ok, inFlight, invariants }: AuditResult): string {
  const { unpublished, unstored, returning, uncounted } = inFlight;
  const width = Math.max(...invariants.map(({ rule }) => rule.length));
  const freed = archived ? ' (archived: the ticket queue has been freed, and is taken to be as the store is)' : '';
  return `Sale ${saleId}${freed}, epoch ${epoch}, audited ${new Date(startedAt).toISOString()} in ${tookMs} ms

${invariants.map((invariant) => row(invariant, width)).join('')}
In flight: ${unpublished} to publish, ${unstored} to store, ${returning} tickets to return, ${uncounted} to count
${ok ? 'No discrepancies.' : `${invariants.reduce((sum, { found }) => sum + found, 0)} discrepancies.`}
`;
}

function row({ rule, ok, counted, found, differences }: Invariant, width: number): string {
  const counts = counted.map(({ what, count }) => `${what}: ${count}`).join(', ');
  const omitted = found - differences.length;
  const lines = [
    `  ${ok ? 'ok   ' : 'WRONG'}  ${rule.padEnd(width)}  ${counts}`,
    ...differences.map((difference) => `         ${describeDiscrepancy(difference)}`),
    ...(omitted > 0 ? [`         and ${omitted} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeDiscrepancy({ ticket, orderId, ...sides }: Discrepancy): string {
  const about = [
    ...(ticket === undefined ? [] : [`ticket ${ticket}`]),
    ...(orderId === undefined ? [] : [`order ${orderId}`]),
  ];
  const found = Object.entries(sides).map(([side, words]) => `${side}: ${words}`);
  return `${about.length > 0 ? `${about.join(', ')}; ` : ''}${found.join(' | ')}`;
}
