import { connect } from "node:net";

/**
 * Sends PUT requests without a body over some connections, one after the other on each: less work for this machine than an
 * HTTP client would be, so that the server is what is measured.
 * @param {number} port
 * @param {{ from: number, to: number, connections: number, pathOf: (n: number) => string }} work
 * @returns {Promise<number>} requests per second
 */
export async function putEmptyObjects(port, { from, to, connections, pathOf }) {
  let next = from;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () =>
      sendUntilDone(port, () => (next < to ? pathOf(next++) : undefined)),
    ),
  );
  return ((to - from) / (performance.now() - began)) * 1000;
}

/**
 * Sends PUT requests over one connection, one after the other, until there is no next path.
 * @param {number} port
 * @param {() => string | undefined} nextPath
 * @param {Uint8Array} [body] of each request; default: none
 * @returns {Promise<void>}
 */
export function sendUntilDone(port, nextPath, body = new Uint8Array(0)) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    let text = "";
    const send = () => {
      const path = nextPath();
      if (path === undefined) {
        socket.end();
        resolve(undefined);
        return;
      }
      socket.write(`PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`);
      if (body.length > 0) socket.write(body);
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk;
      if (!text.endsWith("\r\n\r\n")) return;
      if (!text.startsWith("HTTP/1.1 200")) reject(new Error(text));
      text = "";
      send();
    });
  });
}
