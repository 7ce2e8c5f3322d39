import { parseHead } from "./head.mjs";
import { respond } from "./respond.mjs";

const HEAD_END = "\r\n\r\n";

/**
 * One keep-alive connection. It parses request heads itself and digests bodies chunk by chunk without storing them.
 * node:http would cost several times as much per request.
 */
export class SinkConnection {
  #socket;
  #store;
  #hasher;
  /** The received beginning of a request head. */
  #pending = Buffer.alloc(0);
  /** @type {import("./head.mjs").Head | undefined} */
  #head;
  /** Bytes of the body that are not yet received. */
  #missing = 0;
  /** CRC64 of the received bytes of the body. */
  #crc = 0n;
  /** The body of a POST, which is small. @type {Buffer[]} */
  #document = [];

  /**
   * @param {import("node:net").Socket} socket
   * @param {import("./store.mjs").Store} store
   * @param {import("./hasher.mjs").Hasher} hasher
   */
  constructor(socket, store, hasher) {
    this.#socket = socket;
    this.#store = store;
    this.#hasher = hasher;
    socket.on("data", (chunk) => this.#receive(chunk));
    // A client may exit during a request; the sink ignores it.
    socket.on("error", () => {});
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#head === undefined ? this.#takeHead(rest) : this.#takeBody(rest);
    }
  }

  /** @param {Buffer} chunk */
  #takeHead(chunk) {
    const text = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const end = text.indexOf(HEAD_END);
    if (end < 0) {
      this.#pending = text;
      return chunk.subarray(chunk.length);
    }
    this.#pending = Buffer.alloc(0);
    const head = parseHead(text.latin1Slice(0, end));
    this.#head = head;
    this.#missing = head.contentLength;
    this.#crc = 0n;
    if (head.expectsContinue) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    if (this.#missing === 0) this.#finish();
    return text.subarray(end + HEAD_END.length);
  }

  /** @param {Buffer} chunk */
  #takeBody(chunk) {
    const body = chunk.length > this.#missing ? chunk.subarray(0, this.#missing) : chunk;
    // The body of PUT is object data; the body of POST is an XML or JSON document.
    if (this.#head?.method === "PUT") this.#crc = this.#hasher.update(this.#crc, body);
    else this.#document.push(body);
    this.#missing -= body.length;
    if (this.#missing === 0) this.#finish();
    return chunk.subarray(body.length);
  }

  #finish() {
    const head = this.#head;
    if (head === undefined) return;
    const crc64 = this.#hasher.finish(this.#crc);
    const document = Buffer.concat(this.#document).toString();
    this.#document = [];
    this.#head = undefined;
    respond(this.#store, head, crc64, document)
      .catch((error) => ({ status: "500 Internal Server Error", headers: "", body: String(error?.stack) }))
      .then(({ status, headers, body, length = Buffer.byteLength(body) }) => {
        const sent = `HTTP/1.1 ${status}\r\nx-cos-request-id: bench\r\n${headers}content-length: ${length}\r\n\r\n`;
        if (typeof body === "string") {
          this.#socket.write(sent + body);
          return;
        }
        // Bytes go out of their memory without a copy.
        this.#socket.cork();
        this.#socket.write(sent);
        this.#socket.write(body);
        this.#socket.uncork();
      });
  }
}
