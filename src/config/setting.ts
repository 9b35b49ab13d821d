import { Fault } from '../domain/errors.ts';

/** One setting: its meaning, what it accepts, and how its text is parsed. */
export interface Setting<T> {
  /** A sentence for the user, with the unit and the reason for the default. */
  readonly meaning: string;
  /** Completes "must be …". */
  readonly accepts: string;
  readonly default: T;
  /** The default as the help shows it. */
  readonly defaultText: string;
  /** The value is or may contain a secret, so messages never show it. */
  readonly secret: boolean;
  /** Listed apart in the help: the default fits most machines. */
  readonly tuning: boolean;
  /** Undefined when the text is not valid. */
  readonly parse: (text: string) => { readonly value: T } | undefined;
}

type Settings = Readonly<Record<string, Setting<unknown>>>;

type ValuesOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

export type Environment = Readonly<Record<string, string | undefined>>;

interface Description<T> {
  readonly meaning: string;
  readonly default: T;
  readonly tuning?: boolean;
}

export function integer(
  options: Description<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max } = options;
  return {
    ...common(options, String(options.default)),
    accepts: `an integer from ${min} to ${max}`,
    parse: (text) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { value } : undefined;
    },
  };
}

/** A number with up to four decimal places. */
export function decimal(
  options: Description<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const { min, max } = options;
  return {
    ...common(options, String(options.default)),
    accepts: `a number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,9}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { value } : undefined;
    },
  };
}

export function oneOf<T extends string>(options: Description<T> & { readonly values: readonly T[] }): Setting<T> {
  return {
    ...common(options, options.default),
    accepts: `one of ${options.values.join(', ')}`,
    parse: (text) => {
      const value = options.values.find((candidate) => candidate === text);
      return value === undefined ? undefined : { value };
    },
  };
}

interface TextOptions {
  readonly accepts: string;
  readonly pattern: RegExp;
  readonly secret?: boolean;
}

export function text(options: Description<string> & TextOptions): Setting<string> {
  return { ...common(options, options.default), ...matching(options) };
}

/** A text that may be unset; `whenUnset` describes what happens then. */
export function optionalText(
  options: Omit<Description<string>, 'default'> & TextOptions & { readonly whenUnset: string },
): Setting<string | undefined> {
  return { ...common({ ...options, default: undefined }, options.whenUnset), ...matching(options) };
}

/** A port that may be unset; `whenUnset` describes what happens then. */
export function optionalPort({
  whenUnset,
  ...description
}: Omit<Description<number>, 'default'> & { readonly whenUnset: string }): Setting<number | undefined> {
  const port = integer({ ...description, default: 1, min: 1, max: 65_535 });
  return { ...port, default: undefined, defaultText: whenUnset };
}

/** A comma-separated list; `parse` makes the value from the items, or undefined when one is not valid. */
export function list<T>(
  options: Description<T> & {
    readonly defaultText: string;
    readonly accepts: string;
    readonly parse: (items: readonly string[]) => T | undefined;
  },
): Setting<T> {
  return {
    ...common(options, options.defaultText),
    accepts: options.accepts,
    parse: (raw) => {
      const items = raw.split(',').map((item) => item.trim());
      const value = options.parse(items.filter((item) => item !== ''));
      return value === undefined ? undefined : { value };
    },
  };
}

function common<T>({ meaning, default: fallback, tuning = false }: Description<T>, defaultText: string) {
  return { meaning, default: fallback, defaultText, tuning, secret: false };
}

function matching({ accepts, pattern, secret = false }: TextOptions) {
  return {
    accepts,
    secret,
    parse: (raw: string) => (pattern.test(raw) ? { value: raw } : undefined),
  };
}

/**
 * Reads every setting; an empty or blank variable counts as not set. `defaults` are texts that replace the settings' own
 * defaults.
 * Errors: Fault `config`; one line with the setting's name, its value (unless secret) and what is accepted.
 */
export function readSettings<S extends Settings>(
  settings: S,
  env: Environment,
  defaults: Environment = {},
): ValuesOf<S> {
  const values = Object.entries(settings).map(([name, setting]) => {
    const raw = env[name]?.trim() || (defaults[name] ?? '');
    if (raw === '') return [name, setting.default];
    const parsed = setting.parse(raw);
    if (parsed !== undefined) return [name, parsed.value];
    const was = setting.secret ? 'what it is set to (not shown)' : JSON.stringify(raw);
    throw new Fault('config', `${name} must be ${setting.accepts}, not ${was}`);
  });
  return Object.fromEntries(values) as ValuesOf<S>;
}

const HELP_COLUMNS = 100;

/** The settings for a terminal: each with its name and its description, wrapped. */
export function describeSettings(settings: Settings): string {
  const width = Math.max(...Object.keys(settings).map((name) => name.length)) + 4;
  return Object.entries(settings)
    .map(([name, { meaning, accepts, defaultText }]) => {
      const lines = wrap(`${meaning} ${capitalised(accepts)}. Default: ${defaultText}.`, HELP_COLUMNS - width);
      return lines.map((line, i) => (i === 0 ? `  ${name}` : '').padEnd(width) + line).join('\n');
    })
    .join('\n');
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function wrap(paragraph: string, columns: number): string[] {
  const lines: string[] = [''];
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
