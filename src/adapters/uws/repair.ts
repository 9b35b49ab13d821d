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
/**
 * `xor eax, eax; cmp byte [name], ':'; jne`: a character that a header's name may not have is taken for the end of what has
 * arrived, too, which is marked by a CR.
 */
const NAME_END = machineCode(String.raw`\x31\xc0\x80\x3a\x3a\x0f\x85(....)`);
/** The end of the function: `ret`, and 13 bytes that are never executed. */
const FUNCTION_END = machineCode(String.raw`\x5d\xc3(\x66\x2e\x0f\x1f\x84\x00{5}\x0f\x1f\x00)`);
/** `mov dword [error], 2`: how the parser refuses a head with too many headers. */
const REFUSE_HEAD = machineCode(String.raw`\x41\xc7\x06\x02\x00\x00\x00\xeb`);
/** A jump is relative to the end of its operand. */
const OPERAND_BYTES = 4;
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
  refuseNameCharacters(binary, bytes);
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
  if (refusal !== undefined) binary.writeInt32LE(refusal.at(0) - OPERAND_BYTES, operand);
}

/** Newer versions do so by themselves, in other code. */
function refuseNameCharacters(binary: Buffer, bytes: Bytes): void {
  const jump = onlyMatch(bytes, NAME_END);
  if (jump === undefined) return;
  const operand = jump.at(1);
  const rest = bytes.slice(operand, operand + MAX_FUNCTION_BYTES);
  const [refusal, end] = [onlyMatch(rest, REFUSE_HEAD), onlyMatch(rest, FUNCTION_END)];
  if (refusal === undefined || end === undefined) return;
  // Addresses relative to the operand. The function's own exit means that more has to arrive.
  const [padding, incomplete] = [end.at(1), OPERAND_BYTES + binary.readInt32LE(operand)];
  const code = [
    ...[0x80, 0x3a, 0x0d], // cmp byte [name], CR
    ...[0x75, shortJump(padding + 5, refusal.at(0))], // jne refusal
    ...[0xeb, shortJump(padding + 7, incomplete)], // jmp incomplete
  ];
  Buffer.from(code).copy(binary, operand + padding);
  binary.writeInt32LE(padding - OPERAND_BYTES, operand);
}

/** The operand of a jump of two bytes. Errors: RangeError beyond its reach. */
function shortJump(from: number, to: number): number {
  const byte = Buffer.alloc(1);
  byte.writeInt8(to - from);
  return byte[0] as number;
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
