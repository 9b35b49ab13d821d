import { connect } from 'node:net';

/** A server that neither answers nor closes the connection within this is not ready. */
const ANSWER_MS = 2000;

/**
 * Connects, sends bytes, and resolves with whether the answer is accepted. False also for a refused or broken connection,
 * since not being ready is no error.
 *
 * @param {number} port
 * @param {Buffer} request
 * @param {(answer: Buffer) => boolean | undefined} judge undefined: more bytes are needed
 * @returns {Promise<boolean>}
 */
function ask(port, request, judge) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = Buffer.alloc(0);
    const end = (verdict) => {
      socket.destroy();
      resolve(verdict);
    };
    socket.setTimeout(ANSWER_MS, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('connect', () => request.length > 0 && socket.write(request));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      const verdict = judge(answer);
      if (verdict !== undefined) end(verdict);
    });
  });
}

/** While the data is being loaded, PING is answered by an error. */
export function redisAnswers(port) {
  return ask(port, Buffer.from('PING\r\n'), (answer) =>
    answer.includes('\r\n') ? answer.toString().startsWith('+PONG') : undefined,
  );
}

/** MySQL and MariaDB send first: a packet (length, number) whose payload begins with the protocol version, 10. */
export function mysqlAnswers(port) {
  return ask(port, Buffer.alloc(0), (answer) => (answer.length < 5 ? undefined : answer[4] === 10));
}

/** A Metadata request (version 1) for no topic: a broker is ready when the controller lists it as alive. */
export function kafkaAnswers(port) {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(3, 4);
  request.writeInt16BE(1, 6);
  request.writeInt32BE(7, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return ask(port, request, (answer) => {
    if (answer.length < 12) return undefined;
    return answer.readInt32BE(4) === 7 && answer.readInt32BE(8) > 0;
  });
}

/** An OP_MSG with `{ hello: 1, $db: 'admin' }`, answered by an OP_MSG. */
export function mongodbAnswers(port) {
  const OP_MSG = 2013;
  const hello = Buffer.concat([
    Buffer.from('\x10hello\0\x01\0\0\0', 'latin1'),
    Buffer.from('\x02$db\0\x06\0\0\0admin\0', 'latin1'),
    Buffer.from([0]),
  ]);
  const head = Buffer.alloc(25);
  head.writeInt32LE(head.length + hello.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(OP_MSG, 12);
  head.writeInt32LE(hello.length + 4, 21);
  return ask(port, Buffer.concat([head, hello]), (answer) =>
    answer.length < 16 ? undefined : answer.readInt32LE(12) === OP_MSG,
  );
}
