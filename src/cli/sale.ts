import { parseArgs } from 'node:util';
import { parseTime } from '../api/http/parse-time.ts';
import { serialiseSale } from '../api/sales/json.ts';
import { type SaleCommands, withSaleCommands } from '../app/commands/sale-admin.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import type { InvalidSettings } from '../services/invalid-settings.ts';
import type { SaleView } from '../services/sales.ts';

const HELP = `Usage: floodgate sale <action> [options] [--json]

  list                              all sales, drafts included
  show <sale>
  pause <sale>                      no ticket is reserved until it is resumed
  resume <sale>
  extend <sale> --closes-at <time>  moves its end to a later time
  add-stock <sale> --quantity <n> --version <version>
                                    adds tickets; with the version that 'show' prints, so that a repetition adds nothing
  close <sale>                      ends selling permanently

  --json  each sale as JSON, as the API sends it
`;

/** The name that the history of a sale has for what a command did. */
const BY = 'floodgate sale';

const PAGE = 200;

type Outcome =
  | { readonly kind: 'changed' | 'closed'; readonly sale?: Sale }
  | { readonly kind: 'unknown' | 'stale' | 'notPublished' | 'ended' | 'keyMismatch' }
  | InvalidSettings;

interface Options {
  readonly 'closes-at'?: string;
  readonly quantity?: string;
  readonly version?: string;
}

type Action = (commands: SaleCommands, saleId: string, options: Options) => Promise<Outcome>;

const ACTIONS: Readonly<Record<string, Action>> = {
  pause: ({ saleAdmin }, saleId) => saleAdmin.pause(saleId, { by: BY }),
  resume: ({ saleAdmin }, saleId) => saleAdmin.resume(saleId, { by: BY }),
  extend: ({ saleAdmin }, saleId, options) =>
    saleAdmin.extend(saleId, { by: BY, closesAt: timeIn(options['closes-at']) }),
  'add-stock': ({ saleAdmin }, saleId, { quantity, version }) => {
    const expected = [numberIn('version', version)];
    return saleAdmin.addStock(saleId, { by: BY, quantity: numberIn('quantity', quantity), expected });
  },
  close: ({ saleAdmin }, saleId) => saleAdmin.close(saleId, BY),
};

/** Lists sales, and changes them beside running servers. */
export async function sale(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      'closes-at': { type: 'string' },
      quantity: { type: 'string' },
      version: { type: 'string' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { json = false, help: _, ...options } = values;
  const [action = '', saleId, ...more] = positionals;
  const needsSale = action !== 'list';
  const isKnown = action === 'list' || action === 'show' || Object.hasOwn(ACTIONS, action);
  if (!isKnown || needsSale !== (saleId !== undefined) || more.length > 0) {
    throw new Fault('config', `the arguments are wrong: see 'floodgate sale --help'`);
  }
  const print = (view: SaleView) => process.stdout.write(`${json ? serialiseSale(view) : describe(view)}\n`);
  await withSaleCommands(loadConfig(), async (commands) => {
    if (saleId === undefined) await list(commands, print);
    else print(await viewAfter(ACTIONS[action], saleId, commands, options));
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

/** The sale after the action, or as it is. Errors: Fault `config` if there is no such sale, or the action is refused. */
async function viewAfter(
  act: Action | undefined,
  saleId: string,
  commands: SaleCommands,
  options: Options,
): Promise<SaleView> {
  const outcome = await act?.(commands, saleId, options);
  if (outcome !== undefined) throwIfRefused(saleId, outcome);
  const view = await commands.sales.view(saleId);
  if (view === undefined) throw new Fault('config', `there is no sale ${saleId}`);
  return view;
}

const REASONS = {
  stale: 'it has changed since that version: look again, something may have been added already',
  notPublished: 'it has not been published',
  closed: 'it was closed',
  ended: 'it is over',
  keyMismatch: 'the key was used before',
} as const;

function throwIfRefused(saleId: string, outcome: Outcome): void {
  if ('sale' in outcome) return;
  if (outcome.kind === 'unknown') throw new Fault('config', `there is no sale ${saleId}`);
  if (outcome.kind === 'invalid') {
    const [error] = outcome.errors;
    throw new Fault('config', `${error?.setting} ${error?.message}`);
  }
  if (outcome.kind !== 'changed')
    throw new Fault('config', `nothing was changed in ${saleId}: ${REASONS[outcome.kind]}`);
}

function describe({ sale, phase, remaining }: SaleView): string {
  const ends = new Date(sale.closesAt).toISOString();
  return `${sale.id}  ${phase}  ${remaining} of ${sale.total} left  until ${ends}  version ${sale.version}  ${sale.title}`;
}

function timeIn(text: string | undefined): number {
  const time = text === undefined ? undefined : parseTime(text);
  if (time === undefined) throw new Fault('config', '--closes-at must be a time such as 2026-11-21T09:06:55Z');
  return time;
}

function numberIn(name: string, text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) {
    throw new Fault('config', `--${name} must be a whole number from 1 on`);
  }
  return Number(text);
}
