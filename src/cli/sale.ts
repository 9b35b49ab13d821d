import { parseArgs } from 'node:util';
import { serialiseSale } from '../api/sales/json.ts';
import { type SaleCommands, withSaleCommands } from '../app/commands/sale-admin.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { SaleView } from '../services/sales.ts';
import { ACTIONS, type ActionOptions, BY, throwIfRefused, unknownSale } from './sale-actions.ts';
import { type CreateOptions, createSale } from './sale-create.ts';
import { isJobAction, startJob } from './sale-jobs.ts';

const HELP = `Usage: floodgate sale <action> [options] [--json]

  list                              all sales, drafts and archived ones included
  show <sale>
  create                            a draft: --product <id> or --product-name <name>, --title <title> (by default the new
                                    product's name), --price <minor units> --currency <code>, --total <tickets>,
                                    --opens <time> --closes <time>; [--limit <tickets of one buyer, by default 1>]
                                    [--pay-within <seconds, by default 900>] [--id <id>]
  publish <sale>                    loads its tickets, and shows it to buyers
  pause <sale>                      no ticket is reserved until it is resumed
  resume <sale>
  extend <sale> --closes-at <time>  moves its end to a later time
  add-stock <sale> --quantity <n> --version <version>
                                    adds tickets; with the version that 'show' prints, so that a repetition adds nothing
  close <sale>                      ends selling permanently
  archive <sale>                    frees the ticket queue of a sale that is over and settled; its orders stay
  refund <sale> --reason <text> [--return-tickets]
                                    starts a job that refunds all paid orders; with --return-tickets their tickets go back on sale
  cancel-orders <sale> --reason <text>
                                    starts a job that cancels all unpaid orders; their tickets go back on sale

  --json  each sale, or the job, as JSON, as the API sends it
`;

const PAGE = 200;

/** Actions that name no sale. */
const WITHOUT_SALE: ReadonlySet<string> = new Set(['list', 'create']);

type Options = ActionOptions & CreateOptions;

const TEXT = { type: 'string' } as const;

/** Makes and lists sales, changes them, and starts jobs on their orders, beside running servers. */
export async function sale(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      'closes-at': TEXT,
      quantity: TEXT,
      version: TEXT,
      id: TEXT,
      product: TEXT,
      'product-name': TEXT,
      title: TEXT,
      price: TEXT,
      currency: TEXT,
      total: TEXT,
      limit: TEXT,
      opens: TEXT,
      closes: TEXT,
      'pay-within': TEXT,
      reason: TEXT,
      'return-tickets': { type: 'boolean' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { json = false, help: _, ...options } = values;
  const [action = '', saleId, ...more] = positionals;
  const isKnown =
    WITHOUT_SALE.has(action) || action === 'show' || isJobAction(action) || Object.hasOwn(ACTIONS, action);
  if (!isKnown || WITHOUT_SALE.has(action) !== (saleId === undefined) || more.length > 0) {
    throw new Fault('config', `the arguments are wrong: see 'floodgate sale --help'`);
  }
  if (saleId !== undefined && isJobAction(action)) {
    await startJob(action, { ...options, saleId, by: BY, json });
    return 0;
  }
  const print = (view: SaleView) => process.stdout.write(`${json ? serialiseSale(view) : describe(view)}\n`);
  await withSaleCommands(loadConfig(), async (commands) => {
    if (action === 'list') return list(commands, print);
    print(await viewAfter(action, saleId, commands, options));
  });
  return 0;
}

async function list({ sales }: SaleCommands, print: (view: SaleView) => void): Promise<void> {
  let after: string | undefined;
  do {
    const page = await sales.list({ limit: PAGE, includeDrafts: true, ...(after === undefined ? {} : { after }) });
    for (const view of page.items) print(view);
    after = page.next;
  } while (after !== undefined);
}

/** The sale after the action. Errors: Fault `config` if there is no such sale, or the action is refused. */
async function viewAfter(
  action: string,
  saleId: string | undefined,
  commands: SaleCommands,
  options: Options,
): Promise<SaleView> {
  const id = saleId ?? (await createSale(commands, options));
  const outcome = await ACTIONS[action]?.(commands, id, options);
  if (outcome !== undefined) throwIfRefused(id, outcome);
  const view = await commands.sales.view(id);
  if (view === undefined) throw unknownSale(id);
  return view;
}

function describe({ sale, phase, remaining }: SaleView): string {
  const ends = new Date(sale.closesAt).toISOString();
  return `${sale.id}  ${phase}  ${remaining} of ${sale.total} left  until ${ends}  version ${sale.version}  ${sale.title}`;
}
