import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Agent, type ClientRequest, request } from "node:http";
import { request as requestOverTls, Agent as TlsAgent } from "node:https";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RunningEmulator, type StartOptions, startEmulator } from "../../src/index.ts";
import { HeldTime } from "./virtual-time.ts";

const KiB = 1024;
const BUCKET = "demo-1250000000";
/** Pieces of 50 KiB. */
const LINK = { bytesPerSecond: 1000 * KiB };
const LARGE = 256 * 1024 * KiB;

let time: HeldTime;
let emulator: RunningEmulator;
let accepted: Socket[];
let agent: Agent;
let tlsAgent: TlsAgent;
const onSocket = (message: unknown): void => {
  accepted.push((message as { socket: Socket }).socket);
};
beforeEach(() => {
  time = new HeldTime();
  accepted = [];
  agent = new Agent({ keepAlive: true });
  tlsAgent = new TlsAgent({ keepAlive: true });
  subscribe("net.server.socket", onSocket);
});
afterEach(async () => {
  unsubscribe("net.server.socket", onSocket);
  agent.destroy();
  tlsAgent.destroy();
  await emulator.close();
});

async function start(options: StartOptions = {}): Promise<void> {
  // A clock that stands still: no wait counts as late, which would shorten the next one.
  const held = { sleep: time.sleep, now: () => 20_000 * 86_400_000 };
  emulator = await startEmulator({ anonymous: true, link: LINK, ...held, ...options });
}

/** Sends a body as fast as the emulator takes it. */
function upload(path: string, size: number): ClientRequest {
  const headers = { "content-length": String(size) };
  const url = `${emulator.url}/${BUCKET}/${path}`;
  const sent =
    emulator.ca === undefined
      ? request(url, { method: "PUT", headers, agent })
      : requestOverTls(url, { method: "PUT", headers, agent: tlsAgent, ca: emulator.ca });
  sent.on("error", () => {});
  const block = Buffer.alloc(1024 * KiB);
  let left = size;
  const write = (): void => {
    while (left > 0) {
      left -= block.length;
      if (!sent.write(block)) return;
    }
    sent.end();
  };
  sent.on("drain", write);
  write();
  return sent;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Ends waits, and returns how far the socket was read ahead of them at most. */
async function furthestAhead(waits: number): Promise<number> {
  let furthest = 0;
  for (let ended = 0; ended < waits; ended += 1) {
    await time.someHeld();
    // Time enough to read on, if nothing held the socket.
    await turns(20);
    const passed = (time.endedMs * LINK.bytesPerSecond) / 1000;
    furthest = Math.max(furthest, (accepted[0]?.bytesRead ?? 0) - passed);
    time.endFirst();
  }
  return furthest;
}

describe("a slow link stops its sender", () => {
  test("by reading no more than has passed, and what one read brings", async () => {
    await start();
    const sent = upload("a", LARGE);
    expect(await furthestAhead(60)).toBeLessThan(256 * KiB);
    sent.destroy();
  });

  test("with TLS", async () => {
    await start({ tls: true });
    const sent = upload("a", LARGE);
    // A record of TLS, 16 KiB, passes with each wait.
    expect(await furthestAhead(80)).toBeLessThan(256 * KiB);
    expect(accepted[0]?.bytesRead).toBeGreaterThan(1000 * KiB);
    sent.destroy();
  });

  test("also when the request is refused and its body is dropped", async () => {
    await start({ anonymous: false });
    const sent = upload("a", LARGE);
    sent.on("response", (response) => response.resume());
    // Head and refusal are waits too.
    expect(await furthestAhead(60)).toBeLessThan(300 * KiB);
    sent.destroy();
  });

  test("when it was switched on later, reads ahead some more", async () => {
    await start({ link: undefined as never });
    emulator.link = LINK;
    const sent = upload("a", LARGE);
    expect(await furthestAhead(60)).toBeLessThan(1280 * KiB);
    sent.destroy();
  });
});

describe("a wait for a slow link", () => {
  const closed = (sent: ClientRequest): Promise<void> =>
    new Promise((resolve) => sent.once("close", () => resolve()));

  test("ends when the client has aborted, once what the system had taken of its bytes has passed; nothing is stored", async () => {
    await start();
    const ended = emulator.waitFor({ method: "PUT" }, { timeoutMs: 50_000 });
    let hasEnded = false;
    void ended.then(() => {
      hasEnded = true;
    });
    const sent = upload("a", LARGE);
    await time.someHeld();
    sent.destroy();
    let waits = 0;
    for (; !hasEnded && waits < 1000; waits += 1) {
      time.endFirst();
      await turns(5);
    }
    // Of 256 MiB, or 5,000 waits.
    expect(waits).toBeLessThan(1000);
    expect(await ended).toMatchObject({ code: "IncompleteBody" });
    emulator.link = undefined;
    expect((await fetch(`${emulator.url}/${BUCKET}/a`, { method: "HEAD" })).status).toBe(404);
    expect(time.held).toEqual([]);
  });

  test("ends when the emulator is closed", async () => {
    await start();
    const sent = Array.from({ length: 5 }, (_, index) => upload(`${index}`, LARGE));
    await time.someHeld();
    await Promise.all([emulator.close(), ...sent.map(closed)]);
    expect(time.held).toEqual([]);
  });

  test("ends when the link is switched off: what is under way is as fast as the machine", async () => {
    await start();
    const sent = upload("a", 8 * 1024 * KiB);
    const status = new Promise((resolve) =>
      sent.on("response", (response) => resolve(response.resume().statusCode)),
    );
    await time.someHeld();
    emulator.link = undefined;
    expect(await status).toBe(200);
    expect(time.held).toEqual([]);
  });

  test("of a latency ends when the connection is gone", async () => {
    await start({ link: { latencyMs: 3_600_000 } });
    const gone = new AbortController();
    const response = fetch(`${emulator.url}/${BUCKET}/a`, { signal: gone.signal }).catch(
      (error) => error.name,
    );
    await time.someHeld();
    gone.abort();
    expect(await response).toBe("AbortError");
    await turns(1);
    while (time.held.length > 0) await turns(1);
  });
});
