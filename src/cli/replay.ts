import { parseArgs } from 'node:util';
import { openReplay } from '../app/commands/replay.ts';
import { loadConfig } from '../config.ts';
import { planReplay, type ReplayStep, replay as replayAll } from '../services/replay.ts';

const HELP = `Usage: floodgate replay [--apply] [--json]

Lists dead letters (log records that could not be processed, with the reason) and what their replay would do. When the
reason is fixed:

  --apply  appends each record to the log again, and deletes its dead letter
  --json   prints one JSON object per line for each dead letter
`;

export async function replay(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' }, apply: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const apply = values.apply === true;
  const { port, close } = await openReplay(loadConfig());
  const counts = { append: 0, keep: 0 };
  try {
    for await (const step of apply ? replayAll(port) : planReplay(port)) {
      counts[step.action] += 1;
      process.stdout.write(values.json ? `${JSON.stringify(factsOf(step, apply))}\n` : describe(step, apply));
    }
  } finally {
    await close();
  }
  if (!values.json) process.stdout.write(summary(counts, apply));
  return 0;
}

/** The output for a dead letter; with the raw record only if it can't be decoded. */
function factsOf(step: ReplayStep, applied: boolean) {
  const { group, partition, offset, reason, attempts, raw, record } = step.letter;
  const place = { action: step.action, applied: applied && step.action === 'append', group, partition, offset };
  if (step.action === 'keep') return { ...place, reason, attempts, why: step.why, raw };
  const { saleId, epoch, items } = step.record;
  return {
    ...place,
    reason,
    attempts,
    saleId,
    epoch: record?.epoch ?? epoch,
    appendedEpoch: epoch,
    orderIds: items.map(({ orderId }) => orderId),
  };
}

function describe(step: ReplayStep, applied: boolean): string {
  const { group, partition, offset, reason, attempts, record } = step.letter;
  const head = `${group}, partition ${partition}, offset ${offset}: ${reason} (attempts: ${attempts})\n`;
  if (step.action === 'keep') return `${head}  kept: ${step.why}\n`;
  const { saleId, epoch, items } = step.record;
  const before = record?.epoch ?? epoch;
  const epochs = before === epoch ? `epoch ${epoch}` : `epoch ${before}, as one of epoch ${epoch}`;
  const orders = items.map(({ orderId }) => orderId).join(', ');
  return `${head}  ${applied ? 'appended' : 'would append'}: sale ${saleId}, ${epochs}, orders ${orders}\n`;
}

function summary({ append, keep }: { readonly append: number; readonly keep: number }, applied: boolean): string {
  if (append + keep === 0) return 'there are no dead letters\n';
  if (applied) return `${append} appended, ${keep} kept\n`;
  return `${append} to append, ${keep} to keep; nothing was changed${append > 0 ? ': --apply does it' : ''}\n`;
}
