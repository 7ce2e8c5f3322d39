import { createTransport } from "../../packages/deno/transport.ts";
import { transportFailure } from "../../packages/deno/transport_error.ts";
import { assert, assertStored, Bucket, client, EMULATOR, MiB, noise, requestsOf, test } from "./rig.ts";
import { hangingUp } from "./wire_rig.ts";

test("a client that was never used holds nothing", () => {
  client();
});

test("close() closes every connection", async () => {
  const cos = client();
  await cos.putObject({ Bucket, Key: "transport/put", Body: "x" });
  await cos.close();
  await cos.close();
});

test("a closed client refuses every call at once", async () => {
  const cos = client();
  await cos.close();
  const refused = cos.putObject({ Bucket, Key: "k", Body: "x" });
  await assert.rejects(refused, { code: "client-closed", retryable: false, message: /closed/ });
});

test("a refused connection has its reason", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using cos = client({ Endpoint: `http://127.0.0.1:${port}`, maxAttempts: 2 });
  await assert.rejects(cos.headObject({ Bucket, Key: "k" }), {
    code: "connect-failed",
    retryable: true,
    attempts: 2,
    message: /ECONNREFUSED/,
  });
});

test("a host without an address is a connect failure", async () => {
  await using cos = client({ Endpoint: "http://nowhere.invalid", maxAttempts: 1 });
  await assert.rejects(cos.headObject({ Bucket, Key: "k" }), { code: "connect-failed" });
});

test("a request on a reset connection is retried on a fresh one", async () => {
  await using cos = client();
  const bytes = noise(2 * MiB, 3);
  await cos.putObject({ Bucket, Key: "reset/put", Body: bytes });
  assert.deepEqual((await requestsOf("reset/put")).slice(0, 2), ["PutObject", "PutObject"]);
  await assertStored(cos, "reset/put", bytes);
});

test("a truncated response is a reset", async () => {
  using server = hangingUp("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
  await using cos = client({ Endpoint: server.url, maxAttempts: 1 });
  await assert.rejects(cos.listParts({ Bucket, Key: "k", UploadId: "u" }), { code: "connection-reset" });
});

test("a connection that closes without a response is a reset", async () => {
  using server = hangingUp("");
  await using cos = client({ Endpoint: server.url, maxAttempts: 1 });
  await assert.rejects(cos.headObject({ Bucket, Key: "k" }), { code: "connection-reset" });
});

test("an abort ends a request that gets no response, with its own reason", async () => {
  await using cos = client();
  const controller = new AbortController();
  const reason = new Error("enough");
  const silent = cos.putObject({ Bucket, Key: "silent/put", Body: "x", signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(silent, (error) => error === reason);
});

test("redirects are not followed", async () => {
  let followed = false;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    followed ||= new URL(request.url).pathname === "/followed";
    return new Response(null, { status: 307, headers: { location: "/followed" } });
  });
  await using cos = client({ Endpoint: `http://127.0.0.1:${server.addr.port}`, maxAttempts: 1 });
  await assert.rejects(cos.putObject({ Bucket, Key: "k", Body: "x" }), { name: "ServiceError", status: 307 });
  assert.equal(followed, false);
});

test("an object stored with gzip is returned as it is stored", async () => {
  await using cos = client();
  const packing = new Blob(["packed ".repeat(500)]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(packing).arrayBuffer());
  await cos.putObject({ Bucket, Key: "transport/gzip", Body: packed, ContentEncoding: "gzip" });
  await assertStored(cos, "transport/gzip", packed);
  const { ContentLength } = await cos.headObject({ Bucket, Key: "transport/gzip" });
  assert.equal(ContentLength, packed.byteLength);
});

test("cancel() ends the reading of an object", async () => {
  await using cos = client();
  await cos.putObject({ Bucket, Key: "transport/cancel", Body: noise(4 * MiB) });
  const { Body } = await cos.getObject({ Bucket, Key: "transport/cancel" });
  await Body.cancel();
});

test("a refused connection has its reason with fetch, too", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  using own = Deno.createHttpClient({});
  await using cos = client({ Endpoint: `http://127.0.0.1:${port}`, maxAttempts: 1, client: own });
  await assert.rejects(cos.headObject({ Bucket, Key: "k" }), {
    code: "connect-failed",
    message: /client error \(Connect\).*Connection refused/,
  });
});

test("a client given by the caller is used, and not closed", async () => {
  using own = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  const cos = client({ client: own });
  await cos.putObject({ Bucket, Key: "transport/own", Body: "x" });
  await cos.close();
  const again = await fetch(EMULATOR, { client: own });
  await again.body?.cancel();
});

test("a request that asks for it gets a connection of its own", async () => {
  const ports = new Set<number>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (_request, { remoteAddr }) => {
      ports.add(remoteAddr.port);
      return new Response("ok");
    },
  );
  const transport = createTransport();
  const send = async (freshConnection: boolean): Promise<void> => {
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const { signal } = new AbortController();
    const response = await transport.send({ method: "GET", url, headers: {}, signal, freshConnection });
    await response.text();
  };
  await send(false);
  await send(false);
  assert.equal(ports.size, 1);
  await send(true);
  await send(true);
  assert.equal(ports.size, 3);
  await transport.close();
});

const coded = (code: string, more: object = {}): Error => Object.assign(new Error("x"), { code, ...more });

/** What `node:http` rejects with. */
const CODES: readonly (readonly [unknown, string])[] = [
  [coded("ECONNREFUSED"), "connect"],
  [coded("ENOTFOUND", { syscall: "getaddrinfo" }), "connect"],
  [coded("EAI_AGAIN"), "connect"],
  [coded("EMFILE"), "connect"],
  [coded("ETIMEDOUT", { syscall: "connect" }), "connect"],
  [coded("ETIMEDOUT", { syscall: "read" }), "timeout"],
  [coded("ECONNRESET"), "reset"],
  [coded("ECONNABORTED"), "reset"],
  [coded("EPIPE"), "reset"],
  [coded("HPE_INVALID_CONSTANT"), "reset"],
  [coded("CERT_HAS_EXPIRED"), "connect"],
  [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "connect"],
  [coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "connect"],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), "connect"],
  [coded("ERR_SSL_WRONG_VERSION_NUMBER"), "connect"],
  [new AggregateError([coded("EHOSTUNREACH"), coded("ECONNRESET")]), "connect"],
  [coded("ERR_INVALID_CHAR"), "unknown"],
];

test("failures are classified by class, by code and by message", () => {
  const because = (message: string): Error => new TypeError("fetch failed", { cause: new Error(message) });
  const table: readonly (readonly [unknown, string])[] = [
    [new Deno.errors.ConnectionRefused("x"), "connect"],
    [new Deno.errors.ConnectionReset("x"), "reset"],
    [new Deno.errors.BrokenPipe("x"), "reset"],
    [new Deno.errors.Interrupted("x"), "reset"],
    [new Deno.errors.UnexpectedEof("x"), "reset"],
    [new Deno.errors.TimedOut("x"), "timeout"],
    [new DOMException("x", "TimeoutError"), "timeout"],
    ...CODES,
    [because("client error (Connect): dns error: failed to lookup"), "connect"],
    [because("client error (Connect): operation timed out"), "connect"],
    [because("client error (Connect): invalid peer certificate: UnknownIssuer"), "connect"],
    [because("client error (SendRequest): connection closed before message completed"), "reset"],
    [because("client error (SendRequest): Connection reset by peer (os error 104)"), "reset"],
    [because("client error (SendRequest): operation timed out"), "timeout"],
    [new TypeError("error reading a body from connection"), "reset"],
    [new TypeError("something else"), "unknown"],
    ["not an error", "unknown"],
  ];
  for (const [error, failure] of table) assert.equal(transportFailure(error), failure, String(error));
});
