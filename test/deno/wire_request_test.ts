import { type RawConnection, rawServer } from "./raw_server.ts";
import { assert, test } from "./rig.ts";
import { failureOf, OK, pause, respondingWith, wire } from "./wire_rig.ts";

test("the path is sent exactly as in the URL", async () => {
  const heads: string[] = [];
  using server = respondingWith(OK, heads);
  await using http = wire();
  const paths = [
    "/a//b/./c/../d",
    "/%2e%2E/%2f/%7E~!'()*",
    "/%E4%BD%A0?uploads&x=%20+%2B&y=a=b",
    "/a;b,c@d:e|f^g`h{i}\\j?k[]",
    "/?",
    "/#never",
  ];
  for (const path of paths) await (await http.send(server.url + path)).text();
  await http.send(server.url);
  await http.send(`${server.url}?list`);
  const lines = heads.map((head) => head.split("\r\n")[0]);
  assert.deepEqual(
    lines,
    [...paths.slice(0, -1), "/", "/", "/?list"].map((path) => `GET ${path} HTTP/1.1`),
  );
});

test("the headers are the given ones, host and length, and no others", async () => {
  const heads: string[] = [];
  using server = respondingWith(OK, heads);
  await using http = wire();
  const headers = { authorization: "q=1&r=2", "user-agent": "cosup", "x-cos-meta-a": "b" };
  await http.send(server.url, { method: "PUT", headers, body: new Uint8Array(3) });
  await http.send(server.url, { method: "POST", headers });
  await http.send(server.url, { method: "DELETE", headers, freshConnection: true });
  const host = server.url.slice("http://".length);
  const common = ["accept-encoding: identity", "authorization: q=1&r=2", `host: ${host}`];
  const meta = ["user-agent: cosup", "x-cos-meta-a: b"];
  const lines = heads.map((head) => head.trim().split("\r\n").slice(1));
  const sorted = (...more: string[]): string[] => [...common, ...meta, ...more].sort();
  assert.deepEqual(
    lines.map((list) => list.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase())).sort()),
    [
      sorted("connection: keep-alive", "content-length: 3"),
      sorted("connection: keep-alive", "content-length: 0"),
      sorted("connection: close"),
    ],
  );
});

test("Deno does not retry a request on its own when a connection breaks", async () => {
  let requests = 0;
  using server = rawServer(async ({ head, say, conn }) => {
    await head();
    requests += 1;
    await say(OK);
    if ((await head()) !== undefined) requests += 1;
    conn.close();
  });
  await using http = wire();
  await http.send(server.url);
  const again = http.send(server.url, { method: "POST", body: new TextEncoder().encode("once") });
  assert.equal(await failureOf(again), "reset");
  assert.equal(requests, 2);
  assert.equal(server.taken, 1);
  const fresh = await http.send(server.url, { freshConnection: true });
  assert.equal(await fresh.text(), "ok");
  assert.equal(server.taken, 2);
});

test("a connection that the server has closed is not reused", async () => {
  const closing = async ({ head, say, conn }: RawConnection): Promise<void> => {
    await head();
    await say(OK);
    conn.close();
  };
  using server = rawServer(closing);
  await using http = wire();
  for (let turn = 0; turn < 3; turn++) {
    const response = await http.send(server.url, { method: "PUT", body: new Uint8Array(10) });
    assert.equal(await response.text(), "ok");
    await pause(30);
  }
  assert.equal(server.taken, 3);
});
