import { rawServer } from "./raw_server.ts";
import { assert, Bucket, client, test } from "./rig.ts";
import { failureOf, OK, pause, soon, wire } from "./wire_rig.ts";

const REASON = "enough";

/** How an abort reaches a transport: by core's onAbort, which needs no signal, or by the signal. */
const WAYS = ["onAbort", "signal"] as const;

function abortable(way: (typeof WAYS)[number]): {
  abort(): void;
  readonly parts: { signal: AbortSignal; onAbort?: (listener: (reason: unknown) => void) => void };
} {
  const controller = new AbortController();
  const abort = (): void => controller.abort(REASON);
  if (way === "signal") return { abort, parts: { signal: controller.signal } };
  const onAbort = (listener: (reason: unknown) => void): void => {
    if (controller.signal.aborted) listener(REASON);
    controller.signal.addEventListener("abort", () => listener(REASON));
  };
  // A signal that never aborts: onAbort is what counts.
  return { abort, parts: { signal: new AbortController().signal, onAbort } };
}

async function assertAborted(sending: Promise<unknown>): Promise<void> {
  await assert.rejects(soon(sending), (reason) => reason === REASON);
}

/** Resolves after some turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

for (const way of WAYS) {
  test(`an abort before or while it connects ends a request at once, and nothing is sent (${way})`, async () => {
    const heard: Promise<Uint8Array>[] = [];
    using server = rawServer(({ rest }) => {
      const all = rest();
      heard.push(all);
      return all;
    });
    await using http = wire();
    const before = abortable(way);
    before.abort();
    await assertAborted(http.send(server.url, before.parts));
    for (const wait of [0, 1, 2]) {
      const { abort, parts } = abortable(way);
      const sending = http.send(server.url, { method: "PUT", body: new Uint8Array(1000), ...parts });
      const outcome = assertAborted(sending);
      // None, a microtask, or a turn of the queue in which Node connects.
      if (wait === 1) await Promise.resolve();
      if (wait === 2) await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      abort();
      await outcome;
    }
    await pause(50);
    // Checks that each connection has ended without a byte.
    for (const bytes of await soon(Promise.all(heard))) assert.equal(bytes.byteLength, 0);
  });

  test(`an abort on a connection that is used again sends nothing on it (${way})`, async () => {
    using server = rawServer(async ({ head, say, rest }) => {
      await head();
      await say(OK);
      return await rest();
    });
    await using http = wire();
    await http.send(server.url);
    await turns(2);
    const { abort, parts } = abortable(way);
    const outcome = assertAborted(
      http.send(server.url, { method: "PUT", body: new Uint8Array(9), ...parts }),
    );
    abort();
    await outcome;
    assert.equal(((await soon(server.first)) as Uint8Array).byteLength, 0);
  });

  test(`an abort during a TLS handshake that gets no reply ends it, and the connection (${way})`, async () => {
    const connected = Promise.withResolvers<void>();
    using server = rawServer(async ({ rest, conn }) => {
      await conn.write(new Uint8Array(0));
      connected.resolve();
      return await rest();
    });
    await using http = wire();
    const { abort, parts } = abortable(way);
    const outcome = assertAborted(http.send(server.url.replace("http:", "https:"), parts));
    await connected.promise;
    await pause(20);
    abort();
    await outcome;
    await soon(server.first);
  });

  test(`an abort ends a response that is being read, whole or as a stream (${way})`, async () => {
    for (const bufferResponse of [true, false]) {
      using server = rawServer(async ({ head, say, rest }) => {
        await head();
        await say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
        return await rest();
      });
      await using http = wire();
      const { abort, parts } = abortable(way);
      const reading = http.send(server.url, { bufferResponse, ...parts }).then((response) => response.text());
      const outcome = assertAborted(reading);
      await pause(50);
      abort();
      await outcome;
      await soon(server.first);
    }
  });
}

test("an abort while the host's address is looked up ends a request at once, and nothing is sent", async () => {
  using server = rawServer(({ rest }) => rest());
  await using http = wire();
  const { abort, parts } = abortable("onAbort");
  const outcome = assertAborted(http.send(server.url.replace("127.0.0.1", "localhost"), parts));
  await Promise.resolve();
  abort();
  await outcome;
  // The system's lookup cannot be cancelled, but no connection follows it.
  await pause(200);
  assert.equal(server.taken, 0);
});

test("a failure after an abort or a response is no unhandled rejection", async () => {
  using server = rawServer(async ({ head, say, conn }) => {
    await head();
    await say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    await pause(60);
    conn.close();
  });
  await using http = wire();
  const { abort, parts } = abortable("signal");
  const aborted = assertAborted(http.send(server.url, parts));
  const unread = await http.send(server.url, { bufferResponse: false });
  abort();
  await aborted;
  await pause(120);
  assert.equal(await failureOf(unread.text()), "reset");
});

test("close() ends what is under way", async () => {
  const arrived = Promise.withResolvers<void>();
  using server = rawServer(async ({ head, rest }) => {
    await head();
    arrived.resolve();
    await rest();
  });
  const cos = client({ Endpoint: server.url, maxAttempts: 1 });
  const outcome = assert.rejects(cos.headObject({ Bucket, Key: "k" }), { code: "client-closed" });
  await arrived.promise;
  await cos.close();
  await outcome;
  await soon(server.first);
});
