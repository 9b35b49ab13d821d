import { Type } from '@sinclair/typebox';

// Texts for people have no control characters, except line breaks in a longer text, and no lone surrogate: it is not a
// character and would not be returned as it was sent. Written as ranges and not as \p{…}, which few JSON Schema readers
// besides ajv support; the last character is literal because each reader escapes it differently.
const CHARACTERS = ' -~\\u00a0-\\ud7ff\\ue000-\u{10ffff}';
const ONE_LINE = `^[${CHARACTERS}]*$`;
const LINES = `^[\\t\\n\\r${CHARACTERS}]*$`;
// Not http: a page served by https would not load it, nor does this server's own page (its content security policy).
const WEB_URL = '^https://[!-~]+$';

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
  description: 'The URL of its image, https.',
  examples: ['https://images.example/poster.jpg'],
} as const;

export const ImageUrl = Type.String(IMAGE_URL);

export const ImageUrlOrNull = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  ...IMAGE_URL,
  description: `${IMAGE_URL.description} Null removes it.`,
});
