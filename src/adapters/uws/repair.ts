/** Bytes of a binary as text, one character a byte: they can be searched by regular expressions. */
type Bytes = string;

/**
 * The loops of uWebSockets' parser that trim a header's value: `while (value.back() < 33)`, then the same for `front()`. They
 * compare signed characters, so bytes of 128 and more are below 33 and are trimmed like blanks. In x86-64 machine code:
 * `cmp byte [end], 33; jge` (7d), and within a few instructions `cmp byte [begin - 1], 32; jg` (7f).
 */
const TRIMMING = machineCode(
  String.raw`\x80(?:[\x38-\x3f].|[\x78-\x7b\x7d-\x7f].|\x7c..)\x21(\x7d).{1,60}?\x80[\x78-\x7f]\xff\x20(\x7f)`,
);
const JUMP_IF_ABOVE_OR_EQUAL = 0x73;
const JUMP_IF_ABOVE = 0x77;

/** `cmp bl, 13; jne`: a control character in a value is taken for the end of what has arrived, and the parser waits for more. */
const CONTROL_CHARACTER = machineCode(String.raw`\x80\xfb\x0d\x0f\x85(....)`);
/** `mov dword [error], 2`: how the parser refuses a head with too many headers. */
const REFUSE_HEAD = machineCode(String.raw`\x41\xc7\x06\x02\x00\x00\x00\xeb`);
/** Farther away it belongs to another function. */
const MAX_FUNCTION_BYTES = 512;

/** Answers that the binary gives by itself, in HTML, and others in their place, which may not be longer. */
const ANSWERS = [
  {
    old: 'HTTP/1.1 505 HTTP Version Not Supported\r\n',
    // Also for a request target that is not a path. Proxies send HTTP/1.0 unless this is set.
    head: 'HTTP/1.1 505 ',
    body: '{"status":505,"code":"malformed","detail":"Send HTTP/1.1 and a path: proxy_http_version 1.1"}',
  },
  {
    old: 'HTTP/1.1 431 Request Header Fields Too Large\r\n',
    head: 'HTTP/1.1 400 \r\nConnection: close',
    body: '{"status":400,"code":"malformed"}',
  },
  { old: 'HTTP/1.1 400 Bad Request\r\n', head: 'HTTP/1.1 400 ', body: '{"code":"malformed"}' },
] as const;

/**
 * Repairs the parser in a binary of uWebSockets.js: what it refuses by itself is answered in JSON and, on x86-64 as compiled
 * by Clang, header values keep their bytes of 128 and more, which the API then refuses. Returns whether it found that code,
 * once: not with another compiler or processor, nor in a version that is right already.
 */
export function repairBinary(binary: Buffer): boolean {
  for (const answer of ANSWERS) replaceAnswer(binary, answer);
  const bytes: Bytes = binary.toString('latin1');
  refuseControlCharacters(binary, bytes);
  const trimming = onlyMatch(bytes, TRIMMING);
  if (trimming === undefined) return false;
  binary[trimming.at(1)] = JUMP_IF_ABOVE_OR_EQUAL;
  binary[trimming.at(2)] = JUMP_IF_ABOVE;
  return true;
}

/** Newer versions do so by themselves, in other code. */
function refuseControlCharacters(binary: Buffer, bytes: Bytes): void {
  const jump = onlyMatch(bytes, CONTROL_CHARACTER);
  if (jump === undefined) return;
  const operand = jump.at(1);
  const refusal = onlyMatch(bytes.slice(operand, operand + MAX_FUNCTION_BYTES), REFUSE_HEAD);
  // A jump is relative to the end of its operand of 4 bytes.
  if (refusal !== undefined) binary.writeInt32LE(refusal.at(0) - 4, operand);
}

function replaceAnswer(binary: Buffer, { old, head, body }: (typeof ANSWERS)[number]): void {
  const begin = binary.indexOf(old);
  if (begin < 0) return;
  const end = binary.indexOf(0, begin);
  const headers = `${head}\r\nContent-Type: application/problem+json\r\nContent-Length: `;
  const length = end - begin - headers.length - '00\r\n\r\n'.length;
  // The binary sends as many bytes as before; JSON may end in blanks.
  if (length < body.length || length > 99) return;
  binary.write(`${headers}${length}\r\n\r\n${body.padEnd(length)}`, begin, 'latin1');
}

/** Where the only match of a pattern is, and its groups; undefined when there is none, or more than one. */
function onlyMatch(bytes: Bytes, pattern: RegExp) {
  const [match, second] = bytes.matchAll(pattern);
  if (match === undefined || second !== undefined) return undefined;
  return { at: (group: number) => match.indices?.[group]?.[0] ?? -1 };
}

/** A pattern of bytes: a dot is any byte. */
function machineCode(pattern: string): RegExp {
  return new RegExp(pattern, 'dgs');
}
