import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { LIVE_SETTINGS } from '../../domain/live-settings.ts';
import type { SettingRange } from '../../domain/setting-range.ts';
import { Time } from '../http/common-schemas.ts';
import { Page } from '../http/page.ts';

const EXAMPLE = {
  logLevel: 'info',
  purchase: { batchSize: 128, concurrency: 4, capacity: 8192, deadlineMs: 2000, soldOutMs: 100 },
  breakers: { failureShare: 0.5, windowMs: 5000, halfOpenAfterMs: 500 },
  limits: { buyer: 1000, address: 0, attempts: 0 },
  payment: { graceSeconds: 600 },
  settlement: { batchSize: 1000, batchMs: 50 },
};

/** A setting's JSON Schema type and its bounds. */
function rangeOf(range: SettingRange): { readonly type: string; readonly bounds: object } {
  if (range.kind === 'choice') return { type: 'string', bounds: { enum: range.values } };
  const { min: minimum, max: maximum } = range;
  return { type: range.kind === 'whole' ? 'integer' : 'number', bounds: { minimum, maximum } };
}

function valueSchema(range: SettingRange): TSchema {
  const { type, bounds } = rangeOf(range);
  return Type.Unsafe({ type, ...bounds, description: range.meaning });
}

function changeSchema(range: SettingRange): TSchema {
  const { type, bounds } = rangeOf(range);
  const nullable = range.kind === 'choice' ? { enum: [...range.values, null] } : bounds;
  const schema = Type.Unsafe({
    type: [type, 'null'],
    ...nullable,
    description: `${range.meaning} Null resets it to its default.`,
  });
  return Type.Optional(schema);
}

/** All settings in their groups, each with the schema that `schemaOf` makes of its range. */
function grouped(schemaOf: (range: SettingRange) => TSchema, group: (fields: Record<string, TSchema>) => TSchema) {
  const fields = Object.entries(LIVE_SETTINGS).map(([name, entry]) => {
    if ('kind' in entry) return [name, schemaOf(entry)];
    return [name, group(Object.fromEntries(Object.entries(entry).map(([part, range]) => [part, schemaOf(range)])))];
  });
  return Object.fromEntries(fields) as Record<string, TSchema>;
}

const CLOSED = { additionalProperties: false } as const;
const SOME = { ...CLOSED, minProperties: 1 } as const;

const SettingsValues = Type.Object(
  grouped(valueSchema, (fields) => Type.Object(fields, CLOSED)),
  {
    ...CLOSED,
    description: 'Settings, by group.',
  },
);

export const SettingsSchema = Type.Object(
  {
    version: Type.Integer({ minimum: 0, description: 'Increased by one with each change; 0 before the first.' }),
    settings: SettingsValues,
    defaults: SettingsValues,
    changed: Type.Array(Type.String(), { description: 'Full names of the settings that differ from their defaults.' }),
  },
  {
    description: 'The settings that can be changed at run time: their current values and their defaults.',
    examples: [
      {
        version: 1,
        settings: { ...EXAMPLE, logLevel: 'debug' },
        defaults: EXAMPLE,
        changed: ['logLevel'],
      },
    ],
  },
);

/** A merge patch: only the settings in it change. */
export const SettingsChangesSchema: TObject = Type.Object(
  grouped(changeSchema, (fields) => Type.Optional(Type.Object(fields, SOME))),
  { ...SOME, examples: [{ logLevel: 'debug', purchase: { capacity: 4096, deadlineMs: null } }] },
);

const OldOrNew = (description: string) =>
  Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'], description });

const HistoryItem = Type.Object({
  version: Type.Integer({ description: 'The version that this change made.' }),
  at: Time('When it was changed.'),
  by: Type.String({ description: "The admin's user id." }),
  changes: Type.Array(
    Type.Object({
      name: Type.String({ description: 'The full name of the setting, such as `purchase.capacity`.' }),
      from: OldOrNew('The old value; null: the default.'),
      to: OldOrNew('The new value; null: the default.'),
    }),
  ),
});

export const SettingsHistorySchema = Page(HistoryItem, 'Changes of the settings, newest first.');
