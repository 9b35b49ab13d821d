import { Type } from '@sinclair/typebox';

// What people read has no control characters, line breaks in a text excepted, and no half of a surrogate pair: it is no
// character, and would not come back as it was sent. As ranges and not as \p{…}, which hardly any reader of JSON Schema
// but ajv knows; the last one is written as itself, for each of them spells it in another way.
const CHARACTERS = ' -~\\u00a0-\\ud7ff\\ue000-\u{10ffff}';
const ONE_LINE = `^[${CHARACTERS}]*$`;
const LINES = `^[\\t\\n\\r${CHARACTERS}]*$`;
const WEB_URL = '^https?://[!-~]+$';

export const PRODUCT_ID_PATTERN = '^[A-Za-z0-9_-]{1,64}$';

export const ProductId = Type.String({
  pattern: PRODUCT_ID_PATTERN,
  description: "The product's id.",
  examples: ['product_1JG8Z5E4T00000'],
});

export const Title = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: ONE_LINE,
  description: 'One line.',
  examples: ['Poster, first print'],
});

export const Description = Type.String({
  maxLength: 4000,
  pattern: LINES,
  description: 'Plain text.',
  examples: ['One thousand, numbered.'],
});

const IMAGE_URL = {
  maxLength: 2048,
  pattern: WEB_URL,
  description: 'Where its picture is, http or https.',
  examples: ['https://images.example/poster.jpg'],
} as const;

export const ImageUrl = Type.String(IMAGE_URL);

export const ImageUrlOrNull = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  ...IMAGE_URL,
  description: `${IMAGE_URL.description} Null takes it away.`,
});

export const IfMatch = Type.String({
  description:
    'The `ETag` of what you have seen: 412 when it has changed since. Without it, the change is made anyhow.',
  examples: ['"3"'],
});

export const ETag = Type.String({ description: 'The version, for `If-Match`.', examples: ['"3"'] });
