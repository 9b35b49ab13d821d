import { LIVE_OPS } from './live/ops.ts';
import { LOG_OPS } from './log/ops.ts';
import type { Op } from './op.ts';
import { reading } from './op.ts';
import { ORDER_OPS } from './orders/ops.ts';
import { QUEUE_OPS } from './queue/ops.ts';

/** Answers when the database can be read. */
const ping = reading((db, _args: null): null => {
  db.get('SELECT 1 FROM sqlite_schema LIMIT 1');
  return null;
});

/** Every op of the engine, by name. To add one: write it (see op.ts), and name it here or in a table spread here. */
export const OPS = {
  ping,
  ...QUEUE_OPS,
  ...LOG_OPS,
  ...LIVE_OPS,
  ...ORDER_OPS,
};

export type Ops = typeof OPS;
export type OpName = keyof Ops;
export type OpArgs<Name extends OpName> = Ops[Name] extends Op<infer Args, infer _Result> ? Args : never;
export type OpResult<Name extends OpName> = Ops[Name] extends Op<infer _Args, infer Result> ? Result : never;
