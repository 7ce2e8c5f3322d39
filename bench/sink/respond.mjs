import { listPartsDocument, listUploadsDocument } from "./listings.mjs";

/**
 * @typedef {import("./head.mjs").Head} Head
 * @typedef {import("./store.mjs").Store} Store
 * @typedef {{ status: string, headers: string, body: string | Buffer, length?: number }} SinkResponse `length` replaces
 *   the length of the body in a response to HEAD
 */

const OK = "200 OK";
const XML = "content-type: application/xml\r\n";
const STORED = "last-modified: Wed, 15 Nov 2023 00:00:00 GMT\r\n";

/**
 * Returns the response to a request whose body has been received.
 * @param {Store} store
 * @param {Head} head
 * @param {bigint} crc64 of the body of a PUT
 * @param {string} document body of a POST
 * @returns {Promise<SinkResponse>}
 */
export async function respond(store, head, crc64, document) {
  if (head.key.startsWith("-/")) return control(store, head, document);
  if (head.method === "PUT") return put(store, head, crc64);
  if (head.method === "POST") return post(store, head, document);
  if (head.method === "GET") return read(store, head) ?? list(store, head);
  if (head.method === "HEAD") return describe(store, head);
  if (head.method === "DELETE") {
    store.uploads.delete(head.query.get("uploadId") ?? "");
    return { status: "204 No Content", headers: "", body: "" };
  }
  return notFound("NoSuchKey");
}

/** @param {Store} store @param {Head} head @param {bigint} crc64 @returns {SinkResponse} */
function put(store, { key, query, contentLength, contentMd5 }, crc64) {
  const uploadId = query.get("uploadId");
  // The ETag is not an MD5, as with SSE-KMS. An MD5 would slow the sink down, and no client needs it.
  const etag = `crc64-${crc64}`;
  const part = { size: contentLength, crc64, etag, contentMd5 };
  if (uploadId === null) store.putObject(key, part);
  else {
    const upload = store.uploads.get(uploadId);
    if (upload === undefined) return notFound("NoSuchUpload");
    upload.parts.set(Number(query.get("partNumber")), part);
  }
  return { status: OK, headers: `etag: "${etag}"\r\nx-cos-hash-crc64ecma: ${crc64}\r\n`, body: "" };
}

/** @param {Store} store @param {Head} head @param {string} document @returns {SinkResponse} */
function post(store, { key, query }, document) {
  if (query.has("uploads")) {
    const uploadId = store.initiate(key);
    const body = `<InitiateMultipartUploadResult><Bucket>bench-1250000000</Bucket><Key>${key}</Key><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`;
    return { status: OK, headers: XML, body };
  }
  const named = [...document.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => ({
    partNumber: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>(.*?)<\/ETag>/.exec(part)?.[1] ?? "").replace(/&quot;|&#34;|"/g, ""),
  }));
  const object = store.complete(query.get("uploadId") ?? "", named);
  const body = `<CompleteMultipartUploadResult><Location>http://bench/${key}</Location><Bucket>bench-1250000000</Bucket><Key>${key}</Key><ETag>"crc64-${object.crc64}-${named.length}"</ETag></CompleteMultipartUploadResult>`;
  return { status: OK, headers: `${XML}x-cos-hash-crc64ecma: ${object.crc64}\r\n`, body };
}

/** @param {Store} store @param {Head} head @returns {SinkResponse} */
function list(store, { key, query }) {
  const uploadId = query.get("uploadId");
  if (uploadId === null) return { status: OK, headers: XML, body: listUploadsDocument(store, query) };
  const upload = store.uploads.get(uploadId);
  if (upload === undefined) return notFound("NoSuchUpload");
  return { status: OK, headers: XML, body: listPartsDocument(key, uploadId, upload.parts, query) };
}

/** @param {Store} store @param {Head} head @returns {SinkResponse | undefined} */
function read(store, { key, range }) {
  const object = store.held.get(key);
  if (object === undefined) return undefined;
  const { bytes, crc64 } = object;
  const headers = describeHeld(crc64);
  if (range === undefined) return { status: OK, headers, body: bytes };
  const end = Math.min(range.last + 1, bytes.length);
  return {
    status: "206 Partial Content",
    headers: `${headers}content-range: bytes ${range.first}-${end - 1}/${bytes.length}\r\n`,
    body: bytes.subarray(range.first, end),
  };
}

/** @param {string} crc64 */
function describeHeld(crc64) {
  return `etag: "held"\r\nx-cos-hash-crc64ecma: ${crc64}\r\naccept-ranges: bytes\r\n${STORED}`;
}

/** @param {Store} store @param {Head} head @returns {SinkResponse} */
function describe(store, { key }) {
  const held = store.held.get(key);
  if (held !== undefined) {
    return { status: OK, headers: describeHeld(held.crc64), body: "", length: held.bytes.length };
  }
  const object = store.objects.get(key);
  if (object === undefined) return notFound("NoSuchKey");
  return {
    status: OK,
    headers: `etag: "crc64-${object.crc64}"\r\nx-cos-hash-crc64ecma: ${object.crc64}\r\n${STORED}`,
    body: "",
    length: object.size,
  };
}

/** Requests of the harness, which are not part of the COS API. @param {Store} store @param {Head} head @param {string} document @returns {Promise<SinkResponse>} */
async function control(store, head, document) {
  if (head.key === "-/hold") {
    await store.hold(JSON.parse(document));
    return { status: OK, headers: "", body: "" };
  }
  if (head.key === "-/seed") {
    return { status: OK, headers: "", body: await store.seed(JSON.parse(document)) };
  }
  return { status: OK, headers: "", body: JSON.stringify(store.take()) };
}

/** @param {string} code @returns {SinkResponse} */
function notFound(code) {
  const body = `<Error><Code>${code}</Code><Message>not in the sink</Message></Error>`;
  return { status: "404 Not Found", headers: XML, body };
}
