import { request } from "node:http";
import { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { pseudoRandomBytes } from "../../../test/fixtures/pseudo-random.ts";
import { readShortResponse } from "../src/short-response.ts";

const OK = "HTTP/1.1 200 OK\r\n";
/** As COS responds to a part. */
const PART = `${OK}Content-Length: 0\r\nConnection: keep-alive\r\nDate: Tue, 01 Dec 2026 00:00:00 GMT\r\nETag: "1a2b"\r\nServer: tencent-cos\r\nx-cos-hash-crc64ecma: 16749565679157681890\r\n\r\n`;
const REFUSED = `HTTP/1.1 403 Not allowed\r\nContent-Type:application/xml\r\nContent-Length: 8\r\n\r\n<Error/>`;
const CHUNKED = `${OK}transfer-encoding: Chunked\r\nConnection: keep-alive\r\n\r\n5\r\n<Com>\r\nB\r\nplete</Com>\r\n0\r\n\r\n`;

/** What a parser of somebody else's reads: node:http has llhttp in C. Undefined: no response, or one that is not whole. */
function readByNode(bytes: Buffer): Promise<object | undefined> {
  const connection = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
      this.push(bytes);
    },
  });
  return new Promise((resolve) => {
    const sent = request({ host: "cos.example", createConnection: () => connection as never });
    sent.on("response", (response) => {
      const { statusCode, statusMessage, rawHeaders } = response;
      // The bytes are all there: what has not ended by then does not end.
      setImmediate(() => setImmediate(() => connection.destroy()));
      buffer(response).then(
        (body) => resolve({ statusCode, statusMessage, rawHeaders, body: body.toString("latin1") }),
        () => resolve(undefined),
      );
    });
    sent.on("error", () => resolve(undefined)).on("upgrade", () => resolve(undefined));
    sent.end();
  });
}

function readHere(bytes: Buffer): object | undefined {
  const found = readShortResponse(bytes);
  if (found === undefined) return undefined;
  const text = (each: Buffer): string => each.toString("latin1");
  return {
    statusCode: found.status,
    statusMessage: text(found.reason),
    rawHeaders: found.fields.flat().map(text),
    body: text(Buffer.concat(found.body)),
  };
}

it.each([PART, REFUSED, CHUNKED])("reads %j as node:http does", async (text) => {
  const bytes = Buffer.from(text);
  const read = readHere(bytes);
  expect(read).toBeDefined();
  expect(read).toEqual(await readByNode(bytes));
});

it.each([
  ["an interim response", "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n"],
  ["a status that has no body", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"],
  ["a status that has no body, with bytes", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nab"],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["no length", `${OK}\r\n`],
  ["a connection that ends", `${OK}Content-Length: 0\r\nConnection: close\r\n\r\n`],
  ["a list of what becomes of it", `${OK}Content-Length: 0\r\nConnection: keep-alive, te\r\n\r\n`],
  ["an upgrade", `${OK}Content-Length: 0\r\nUpgrade: h2c\r\n\r\n`],
  ["two lengths", `${OK}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
  ["a length and chunks", `${OK}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["a length that is signed", `${OK}Content-Length: +0\r\n\r\n`],
  ["a length with zeros before it", `${OK}Content-Length: 00\r\n\r\n`],
  ["another encoding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["a chunk with an extension", `${OK}Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n`],
  ["a trailer", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n`],
  ["chunks without their end", `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`],
  ["a chunk that is longer than it says", `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n`],
  ["a body that is not whole", `${OK}Content-Length: 2\r\n\r\na`],
  ["bytes behind the body", `${OK}Content-Length: 1\r\n\r\nab`],
  ["another response behind it", PART + PART],
  ["half a head", PART.slice(0, -2)],
  ["a folded field", `${OK}Content-Length: 0\r\nx: a\r\n b\r\n\r\n`],
  ["a space before the colon", `${OK}Content-Length : 0\r\n\r\n`],
  ["a space behind the value", `${OK}Content-Length: 0 \r\n\r\n`],
  ["a field without a value", `${OK}Content-Length: 0\r\nx:\r\n\r\n`],
  ["a line that ends with LF alone", `${OK}Content-Length: 0\n\r\n`],
  ["bytes beyond ASCII", `${OK}Content-Length: 0\r\nx: é\r\n\r\n`],
  ["no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"],
  ["a long body", `${OK}Content-Length: 5000\r\n\r\n${"a".repeat(5000)}`],
])("leaves %s to llhttp", (_, text) => {
  expect(readShortResponse(Buffer.from(text, "latin1"))).toBeUndefined();
});

it("reads no damaged response other than node:http does", async () => {
  const random = pseudoRandomBytes(40_000, 18);
  let at = 0;
  const next = (below: number): number =>
    (((random[at++ % random.length] ?? 0) << 8) | (random[at++ % random.length] ?? 0)) % below;
  const pieces = ["\r\n", " ", ":", "0", "1", "\t", "a", "\0", "é", ";", "Content-Length: 0\r\n", "close"];
  let accepted = 0;
  for (let round = 0; round < 3000; round += 1) {
    let text = [PART, REFUSED, CHUNKED][next(3)] ?? "";
    for (let damages = 1 + next(2); damages > 0; damages -= 1) {
      const place = next(text.length);
      text = text.slice(0, place) + (pieces[next(pieces.length)] ?? "") + text.slice(place + next(3));
    }
    const bytes = Buffer.from(text, "latin1");
    const read = readHere(bytes);
    if (read === undefined) continue;
    accepted += 1;
    expect(read, JSON.stringify(text)).toEqual(await readByNode(bytes));
  }
  expect(accepted).toBeGreaterThan(500);
});
