import { CosError } from "@cosup/core";
import { rawServer } from "./raw_server.ts";
import { assert, MiB, test } from "./rig.ts";
import { failureOf, hangingUp, OK, pause, respondingWith, soon, wire } from "./wire_rig.ts";

test("a response without a body leaves its connection reusable", async () => {
  const texts = [
    "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
  ];
  using server = rawServer(async ({ head, say }) => {
    for (let turn = 0; (await head()) !== undefined; turn++) await say(texts[turn % 3] ?? "");
  });
  await using http = wire();
  for (const bufferResponse of [true, false]) {
    for (const method of ["HEAD", "GET", "GET"]) {
      const response = await http.send(server.url, { method, bufferResponse });
      assert.equal(response.body, null);
      assert.equal(await response.text(), "");
      // A streamed response is done with a turn later.
      await pause(10);
    }
  }
  assert.equal(server.taken, 1);
});

test("informational responses are ignored", async () => {
  using server = respondingWith(
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`,
  );
  await using http = wire();
  const response = await http.send(server.url, { method: "PUT", body: new Uint8Array(10) });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "ok");
});

test("repeated headers are joined", async () => {
  using server = respondingWith(
    "HTTP/1.1 200 OK\r\nETag: a\r\netag: b\r\nX-Y: c\r\nContent-Length: 0\r\n\r\n",
  );
  await using http = wire();
  const { headers } = await http.send(server.url);
  assert.equal(headers.get("ETag"), "a, b");
  assert.equal(headers.get("missing"), null);
  const seen: string[] = [];
  headers.forEach((value, name) => {
    seen.push(`${name}=${value}`);
  });
  assert.deepEqual(seen.sort(), ["content-length=0", "etag=a, b", "x-y=c"]);
});

test("a truncated response is a reset, whether it is read whole or as a stream", async () => {
  const broken = [
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le",
    "",
  ];
  for (const text of broken) {
    using server = hangingUp(text);
    await using http = wire();
    assert.equal(await failureOf(http.send(server.url)), "reset", text);
    const streamed = http.send(server.url, { bufferResponse: false }).then((response) => response.text());
    assert.equal(await failureOf(streamed), "reset", `streamed ${text}`);
  }
});

test("a response delimited by the end of its connection is complete", async () => {
  using server = hangingUp("HTTP/1.1 200 OK\r\n\r\nall of it");
  await using http = wire();
  assert.equal(await (await http.send(server.url)).text(), "all of it");
  const streamed = await http.send(server.url, { bufferResponse: false });
  assert.equal(await streamed.text(), "all of it");
});

test("a response that is not HTTP, or becomes invalid, is a reset", async () => {
  for (const text of [
    "SSH-2.0-OpenSSH\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
  ]) {
    using server = respondingWith(text);
    await using http = wire();
    assert.equal(await failureOf(http.send(server.url)), "reset", text);
  }
});

test("a stream is read no faster than its reader, and cancel() closes the connection", async () => {
  let written = 0;
  using server = rawServer(async ({ head, conn }) => {
    await head();
    const block = new Uint8Array(MiB);
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
    for (;;) written += await conn.write(block);
  });
  await using http = wire();
  const { body } = await http.send(server.url, { bufferResponse: false });
  assert.ok(body !== null);
  const reader = body.getReader();
  await reader.read();
  await pause(300);
  // More than the kernel's buffers of both sides hold.
  assert.ok(written < 32 * MiB, `${written} bytes`);
  await reader.cancel();
  await assert.rejects(soon(server.first));
});

test("an endless response is given up after 4 MiB, and its connection is closed", async () => {
  const piece = "a".repeat(64 * 1024);
  const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
  const gone = Promise.withResolvers<number>();
  using server = rawServer(async ({ head, say }) => {
    await head();
    let pieces = 0;
    try {
      await say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (; pieces < 1024; pieces++) await say(chunk);
    } catch {
      // The connection is closed.
    }
    gone.resolve(pieces);
  });
  await using http = wire();
  const error: unknown = await http.send(server.url).catch((reason: unknown) => reason);
  assert.ok(error instanceof CosError && error.code === "unexpected-response", String(error));
  assert.ok((await gone.promise) < 1024, "the connection is closed");
});
