import { lengthIn, rawServer } from "./raw_server.ts";
import { assert, MiB, noise, sameBytes, test } from "./rig.ts";
import { OK, pause, respondingWith, soon, wire } from "./wire_rig.ts";

const method = "PUT";
const REFUSED = "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nnot";

/** One slot of an arena, as core passes it. */
function slot(length: number): Uint8Array<ArrayBuffer> {
  const { buffer } = new WebAssembly.Memory({ initial: 256, maximum: 256 });
  return new Uint8Array(buffer as ArrayBuffer, 64 * 1024 + 3, length);
}

test("bodies arrive byte by byte, though their memory is used again after each response, all on one connection", async () => {
  const bodies: Uint8Array[] = [];
  using server = respondingWith(OK, [], bodies);
  const memory = slot(9 * MiB);
  const lengths = [0, 1, 8 * MiB + 5, 65_537, 3 * MiB, 8 * MiB];
  await using http = wire();
  for (const [seed, length] of lengths.entries()) {
    const view = memory.subarray(0, length);
    view.set(noise(length, seed + 1));
    const response = await http.send(server.url, { method, body: view });
    view.fill(0xee);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "ok");
  }
  assert.equal(server.taken, 1);
  assert.equal(bodies.length, lengths.length);
  bodies.forEach((body, index) => {
    assert.ok(sameBytes(body, noise(lengths[index] ?? -1, index + 1)), `body ${index}`);
  });
});

test("on a slow line a body is sent in pieces, and its progress is reported", async () => {
  const bodies: Uint8Array[] = [];
  const read = Promise.withResolvers<void>();
  using server = rawServer(async ({ head, bytes, say }) => {
    const asked = await head();
    await read.promise;
    bodies.push(await bytes(lengthIn(asked ?? "")));
    await say(OK);
  });
  await using http = wire();
  const body = noise(16 * MiB);
  const events: string[] = [];
  let unsent = (): number => body.length;
  const reply = http.send(server.url, {
    method,
    body,
    slow: true,
    onQueue: () => events.push("queued"),
    onStart: (count) => {
      events.push("started");
      unsent = count ?? unsent;
    },
  });
  while (unsent() === body.length) await pause(1);
  await pause(50);
  assert.ok(unsent() > MiB, "what the kernel does not take has not gone");
  read.resolve();
  assert.equal((await reply).status, 200);
  assert.equal(unsent(), 0);
  assert.deepEqual(events, ["queued", "started"]);
  assert.ok(sameBytes(bodies[0] ?? new Uint8Array(0), body));
});

test("the same for parallel bodies", async () => {
  const bodies: Uint8Array[] = [];
  using server = respondingWith(OK, [], bodies);
  await using http = wire();
  const loop = async (seed: number): Promise<void> => {
    const view = slot(2 * MiB);
    for (let round = 0; round < 4; round++) {
      view.set(noise(view.byteLength, seed * 10 + round));
      await http.send(server.url, { method, body: view });
      view.fill(0xee);
    }
  };
  await Promise.all([1, 2, 3, 4].map(loop));
  assert.equal(server.taken, 4);
  const meant = [1, 2, 3, 4].flatMap((seed) =>
    [0, 1, 2, 3].map((round) => noise(2 * MiB, seed * 10 + round)),
  );
  for (const bytes of meant) assert.ok(bodies.some((body) => sameBytes(body, bytes)));
});

test("after a response that arrives before the body is sent, the memory is not read again", async () => {
  const responded = Promise.withResolvers<void>();
  using server = rawServer(async ({ head, say, rest }) => {
    await head();
    await say(REFUSED);
    await responded.promise;
    return await rest();
  });
  await using http = wire();
  const view = slot(12 * MiB).fill(0xaa);
  const response = await http.send(server.url, { method, body: view });
  view.fill(0xee);
  responded.resolve();
  assert.equal(response.status, 403);
  assert.equal(await response.text(), "not");
  const sent = (await soon(server.first)) as Uint8Array;
  assert.ok(sent.byteLength < view.byteLength, "the server was to be left with half a body");
  assert.ok(!sent.includes(0xee), "bytes of another part went out");
});

test("after an abort in the middle of a body, the memory is not read again", async () => {
  const aborted = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  using server = rawServer(async ({ head, bytes, rest }) => {
    await head();
    await bytes(100_000);
    begun.resolve();
    await aborted.promise;
    return await rest();
  });
  await using http = wire();
  const view = slot(12 * MiB).fill(0xaa);
  const controller = new AbortController();
  const sending = http.send(server.url, { method, body: view, signal: controller.signal });
  await begun.promise;
  controller.abort("enough");
  await assert.rejects(sending, (reason) => reason === "enough");
  view.fill(0xee);
  aborted.resolve();
  const sent = (await soon(server.first)) as Uint8Array;
  assert.ok(sent.byteLength < view.byteLength);
  assert.ok(!sent.includes(0xee), "bytes of another part went out");
});

test("a request whose body the server does not read ends when the client is closed", async () => {
  using server = rawServer(async ({ head, rest }) => {
    await head();
    await pause(100);
    return await rest();
  });
  const http = wire();
  const sending = http.send(server.url, { method, body: slot(12 * MiB) });
  const outcome = assert.rejects(sending);
  await pause(50);
  await http.transport.close();
  await outcome;
  await soon(server.first);
});
