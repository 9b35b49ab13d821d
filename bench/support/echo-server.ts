import uWS from 'uWebSockets.js';

/** The ceiling: the least that a request can cost on uWebSockets.js. It echoes the body, the path or the frame. */
const app = uWS.App();
app.get('/*', (res, req) => {
  res.end(req.getUrl());
});
app.post('/*', (res) => {
  let body = Buffer.alloc(0);
  let aborted = false;
  res.onAborted(() => {
    aborted = true;
  });
  res.onData((chunk, isLast) => {
    body = Buffer.concat([body, Buffer.from(chunk)]);
    if (isLast && !aborted) res.cork(() => res.end(body));
  });
});
app.ws('/*', {
  message: (ws, message) => {
    ws.send(message);
  },
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the echo server got no port');
  process.stdout.write(`${JSON.stringify({ msg: 'listening', port: uWS.us_socket_local_port(socket) })}\n`);
});
