import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Middleware } from "../../src/index.ts";
import { inRun, newRun, requestBytes, watch } from "../faults/observe.ts";
import { type Ask, type Rig, startRig } from "../rig.ts";

let rig: Rig;
const events: string[] = [];
let open = false;

/** Requests for the key "slow" wait at a gate that the test opens. */
const slow: Middleware = async (call, next) => {
  events.push(`${call.method} ${call.key} begins`);
  while (call.key === "slow" && !open) await setTimeout(1);
  try {
    return await next();
  } finally {
    events.push(`${call.method} ${call.key} ends`);
  }
};

beforeAll(async () => {
  rig = await startRig({ faults: true, middleware: [slow] });
});
afterAll(() => rig.stop());
beforeEach(() => {
  events.length = 0;
  open = false;
});

const put = (path: string, body = "x"): Ask => ({ method: "PUT", path, body });
const get = (path: string): Ask => ({ method: "GET", path });
const bytesOf = (ask: Ask, connection: "keep-alive" | "close" = "keep-alive"): Buffer =>
  requestBytes(rig, ask, { connection });
const statusesIn = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((match) => Number(match[1]));

describe("requests in one piece", () => {
  test("are carried out in their order: each GET has what the PUT before it stored", async () => {
    const rounds = Array.from({ length: 25 }, (_, round) => [put("/same", `value ${round}\n`), get("/same")]);
    const asks = rounds.flat();
    const bytes = asks.map((ask, at) => bytesOf(ask, at === asks.length - 1 ? "close" : "keep-alive"));
    const seen = await watch(rig.port, [Buffer.concat(bytes)]);
    expect(statusesIn(seen.text)).toEqual(asks.map(() => 200));
    expect(seen.text.match(/^value \d+$/gm)).toEqual(rounds.map((_, round) => `value ${round}`));
  });

  test("begin when the response before has been made, also behind a slow one", async () => {
    const watched = watch(rig.port, [Buffer.concat([bytesOf(put("/slow")), bytesOf(put("/b"), "close")])]);
    await expect.poll(() => events).toEqual(["PUT slow begins"]);
    open = true;
    expect(statusesIn((await watched).text)).toEqual([200, 200]);
    expect(events).toEqual(["PUT slow begins", "PUT slow ends", "PUT b begins", "PUT b ends"]);
  });

  test("behind a response that closes the connection are not carried out", async () => {
    const seen = await watch(rig.port, [Buffer.concat([bytesOf(put("/a"), "close"), bytesOf(put("/late"))])]);
    expect(statusesIn(seen.text)).toEqual([200]);
    expect((await rig.ask(get("/late"))).status).toBe(404);
  });

  test.each(["reset", "fin", "silence", "stop-reading"] as const)(
    "behind the fault %s are not carried out",
    async (fault) => {
      const run = newRun(rig, { op: "PutObject", when: "before-headers", fault });
      const seen = await watch(
        rig.port,
        [Buffer.concat([bytesOf(inRun(put("/a"), run)), bytesOf(put(`/behind-${fault}`))])],
        () => rig.faults.receipt(run)?.instructions[0]?.fired === 1,
      );
      expect(seen.text).toBe("");
      expect((await rig.ask(get(`/behind-${fault}`))).status).toBe(404);
    },
  );

  test("a broken one is refused after the responses to those before it", async () => {
    const broken = bytesOf({ ...put("/broken"), headers: { "transfer-encoding": "chunked" } })
      .toString("latin1")
      .replace(/content-length: \d+\r\n/i, "");
    const watched = watch(rig.port, [
      Buffer.concat([bytesOf(put("/slow")), Buffer.from(broken, "latin1"), Buffer.from("no number\r\n")]),
    ]);
    await expect.poll(() => events).toContain("PUT slow begins");
    open = true;
    expect(statusesIn((await watched).text)).toEqual([200, 400]);
    expect((await rig.ask(get("/broken"))).status).toBe(404);
  });

  test("bytes that are no request get no response from a silent connection", async () => {
    const run = newRun(rig, { op: "PutObject", when: "before-headers", fault: "silence" });
    const fired = (): boolean => rig.faults.receipt(run)?.instructions[0]?.fired === 1;
    const seen = await watch(
      rig.port,
      [Buffer.concat([bytesOf(inRun(put("/a"), run)), Buffer.from("no request\r\n\r\n")])],
      fired,
    );
    expect([seen.text, seen.end]).toEqual(["", "open"]);
  });
});

describe("a client that leaves", () => {
  test("before its pipelined responses have been read leaves no file open", async () => {
    const other = await startRig();
    // More than a socket holds, so that the responses cannot be written at once.
    await other.ask({ method: "PUT", path: "/big", body: Buffer.alloc(16 * 1024 * 1024) });
    for (let round = 0; round < 3; round++) {
      const socket = connect({ port: other.port, host: "127.0.0.1" });
      socket.on("error", () => {});
      const ask = requestBytes(other, get("/big"), { connection: "keep-alive" });
      socket.write(Buffer.concat([ask, ask, ask]));
      await once(socket, "data");
      socket.destroy();
    }
    await other.ask({ method: "DELETE", path: "/big" });
    await expect.poll(() => other.dataFiles()).toEqual([]);
    // An emulator that still wrote a response would not stop.
    await other.stop();
  });

  test("ends what it has pipelined behind a running request", async () => {
    const socket = connect({ port: rig.port, host: "127.0.0.1" });
    socket.write(Buffer.concat([bytesOf(put("/slow")), bytesOf(put("/unwanted"))]));
    await expect.poll(() => events).toContain("PUT slow begins");
    socket.resetAndDestroy();
    await setTimeout(50);
    open = true;
    await expect.poll(() => events).toContain("PUT slow ends");
    expect((await rig.ask(get("/unwanted"))).status).toBe(404);
  });
});

test("close() waits for the running request of a connection, and drops those behind it", async () => {
  const other = await startRig({ middleware: [slow] });
  const requests = [put("/slow"), put("/quick")].map((ask) =>
    requestBytes(other, ask, { connection: "keep-alive" }),
  );
  const watched = watch(other.port, [Buffer.concat(requests)]);
  await expect.poll(() => events).toContain("PUT slow begins");
  const stopped = other.stop().then(() => events.push("stopped"));
  await watched;
  await setTimeout(50);
  open = true;
  await stopped;
  expect(events).toEqual(["PUT slow begins", "PUT slow ends", "stopped"]);
});
