export type SettingValue = string | number;

interface Range<Value> {
  /** A sentence for the operator that includes the unit. */
  readonly meaning: string;
  readonly accepts: (value: unknown) => value is Value;
}

export interface NumberRange extends Range<number> {
  readonly kind: 'whole' | 'number';
  readonly min: number;
  readonly max: number;
}

export interface Choice<Value extends string> extends Range<Value> {
  readonly kind: 'choice';
  readonly values: readonly Value[];
}

export type SettingRange = NumberRange | Choice<string>;

/** The values that ranges allow, in the same groups. */
export type ValuesIn<Ranges> = {
  readonly [Name in keyof Ranges]: Ranges[Name] extends NumberRange
    ? number
    : Ranges[Name] extends Choice<infer Value>
      ? Value
      : ValuesIn<Ranges[Name]>;
};

type Bounds = Pick<NumberRange, 'meaning' | 'min' | 'max'>;

export function whole({ meaning, min, max }: Bounds): NumberRange {
  const accepts = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  return { kind: 'whole', meaning, min, max, accepts };
}

export function number({ meaning, min, max }: Bounds): NumberRange {
  const accepts = (value: unknown): value is number => typeof value === 'number' && value >= min && value <= max;
  return { kind: 'number', meaning, min, max, accepts };
}

export function choice<const Value extends string>(options: Pick<Choice<Value>, 'meaning' | 'values'>): Choice<Value> {
  const accepts = (value: unknown): value is Value => options.values.some((candidate) => candidate === value);
  return { kind: 'choice', ...options, accepts };
}
