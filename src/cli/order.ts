import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { readSearch } from '../api/orders/admin-query.ts';
import { exportText, FORMATS } from '../api/orders/export.ts';
import { serialiseOrder } from '../api/orders/json.ts';
import { exportOrdersOnce, orderOnce } from '../app/commands/orders.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import { isOrderId } from '../domain/ids.ts';
import type { OrderExport } from '../services/admin-orders.ts';
import { refund } from './order-refund.ts';
import { describeOrder, orderTable } from './order-table.ts';

const HELP = `Usage: floodgate order list [options]
       floodgate order show <id> [--json]
       floodgate order refund <id> --reason <text> [options]

Lists the stored orders of all buyers, newest first, shows one, or refunds a paid one. It may run during a sale.

  --sale <id>     only orders of this sale
  --user <id>     only orders of this buyer
  --state <s>     only reserved, paid, cancelled, expired or rejected ones
  --ticket <n>    only orders of this ticket
  --from <time>   only orders reserved at this time or later, such as 2026-11-21T09:00:00Z
  --to <time>     only orders reserved before this time
  --text <t>      only orders whose id or whose buyer's id contains it
  --oldest        the oldest first
  --format <f>    table, csv or ndjson; all orders that match [table]
  --json          'show' and 'refund': the order, or the refund, as JSON
  --reason <text> 'refund': why, for your records
  --amount <n>    'refund': so much in minor units (500 is 5.00 of a currency with cents) [all that is left]
  --return-tickets
                  'refund': the tickets go back on sale, which cancels the order
  --key <text>    'refund': a repetition with the same key gives nothing back again
`;

const FORMAT_OF = { table: orderTable, csv: FORMATS['text/csv'], ndjson: FORMATS['application/x-ndjson'] } as const;

/** The option of each parameter of the API's search. */
const FILTERS = {
  sale: 'saleId',
  user: 'userId',
  state: 'state',
  ticket: 'ticket',
  from: 'from',
  to: 'to',
  text: 'q',
} as const;

export async function order(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...{ sale: text, user: text, state: text, ticket: text, from: text, to: text, text, format: text },
      ...{ reason: text, amount: text, key: text, 'return-tickets': { type: 'boolean' } },
      oldest: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  const [action, ...rest] = positionals;
  if (values.help) process.stdout.write(HELP);
  else if (action === 'list' && rest.length === 0) await list(values);
  else if (action === 'show') await show(rest, values.json ?? false);
  else if (action === 'refund') await refund(rest, values);
  else throw new Fault('config', `the arguments are wrong: see 'floodgate order --help'`);
  return 0;
}

type Options = Partial<Record<keyof typeof FILTERS | 'format', string>> & { readonly oldest?: boolean };

async function list({ format = 'table', ...options }: Options): Promise<void> {
  if (!isFormat(format)) throw new Fault('config', `--format must be table, csv or ndjson, not '${format}'`);
  let isRead = true;
  // As with `| head`: the rest is not wanted.
  process.stdout.on('error', () => {
    isRead = false;
  });
  await exportOrdersOnce(searchOf(options), loadConfig(), async (pages) => {
    for await (const piece of exportText(pages, FORMAT_OF[format])) {
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain').catch(() => {});
      if (!isRead) return;
    }
  });
}

async function show([orderId = '', ...more]: readonly string[], asJson: boolean): Promise<void> {
  if (orderId === '' || more.length > 0) throw new Fault('config', 'the order is missing: floodgate order show <id>');
  // It may be read out or typed.
  const id = orderId.toUpperCase();
  const found = isOrderId(id) ? await orderOnce(id, loadConfig()) : undefined;
  if (found === undefined) throw new Fault('config', `there is no stored order ${orderId}`);
  process.stdout.write(asJson ? `${serialiseOrder(found)}\n` : describeOrder(found));
}

/** By the rules of the API. */
function searchOf(options: Omit<Options, 'format'>): OrderExport {
  const query = new URLSearchParams(options.oldest ? { sort: 'reservedAt' } : {});
  const named = Object.entries(FILTERS) as [keyof typeof FILTERS, string][];
  for (const [option, parameter] of named) {
    const value = options[option];
    if (value !== undefined) query.set(parameter, value);
  }
  const read = readSearch(query.toString());
  if (read.ok) return read.search;
  const [{ path, message } = { path: '', message: 'is invalid' }] = read.errors;
  const [option = path] = named.find(([, parameter]) => path === `/${parameter}`) ?? [];
  throw new Fault('config', `--${option} ${message}`);
}

function isFormat(format: string): format is keyof typeof FORMAT_OF {
  return Object.hasOwn(FORMAT_OF, format);
}
