import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { liveResponse } from "../../src/console/live.ts";
import type { RunningEmulator } from "../../src/index.ts";
import { RequestHistory } from "../../src/requests/history.ts";
import { RunningRequests } from "../../src/requests/running-requests.ts";
import { textsIn } from "../requests.ts";
import { at, BUCKET, put, start, useEmulators } from "../state-rig.ts";
import { CONSOLE } from "./console-rig.ts";

interface Event {
  readonly count: number;
  readonly missed: number;
  readonly requests: readonly { key?: string; operation?: string; uploadId?: string; faults: string[] }[];
  readonly running: readonly { key?: string; partNumber?: number; received: number; faults: string[] }[];
  readonly runningCount: number;
}

useEmulators();
let emulator: RunningEmulator;
const sent: ClientRequest[] = [];
beforeEach(async () => {
  emulator = await start({ faults: true });
});
afterEach(() => {
  for (const each of sent.splice(0)) each.destroy();
});

/** The events of the stream. */
async function listen(after?: number): Promise<AsyncGenerator<Event>> {
  const path = `${CONSOLE}/api/live${after === undefined ? "" : `?after=${after}`}`;
  const headers = { "x-cosup-token": emulator.controlToken };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: emulator.port, path, headers }, resolve);
    asked.on("error", reject).end();
    sent.push(asked);
  });
  expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "text/event-stream"]);
  return events(response);
}

async function* events(response: AsyncIterable<Buffer>): AsyncGenerator<Event> {
  let text = "";
  for await (const chunk of response) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      yield JSON.parse(text.slice("data: ".length, end)) as Event;
      text = text.slice(end + 2);
    }
  }
}

/** The first event that fits. */
async function first(stream: AsyncGenerator<Event>, fits: (event: Event) => boolean): Promise<Event> {
  for (;;) {
    const { value, done } = await stream.next();
    if (done) throw new Error("the stream has ended");
    if (fits(value)) return value;
  }
}

/** Begins a PUT of which only a part is sent. */
function beginPut(target: string, size: number, part: string): ClientRequest {
  const begun = request(at(emulator, target), { method: "PUT", headers: { "content-length": size } });
  begun.on("error", () => {});
  begun.write(part);
  sent.push(begun);
  return begun;
}

test("begins with the requests so far, and goes on with each", async () => {
  await put(emulator, "early", "x");
  const stream = await listen();
  expect(await first(stream, () => true)).toMatchObject({
    count: 1,
    missed: 0,
    requests: [{ key: "early" }],
  });
  await put(emulator, "late", "x");
  const late = await first(stream, ({ requests }) => requests.length > 0);
  expect(late).toMatchObject({ count: 2, missed: 0, requests: [{ key: "late", operation: "PutObject" }] });
});

test("goes on after what a reader knows", async () => {
  for (const key of ["a", "b", "c"]) await put(emulator, key, "x");
  const stream = await listen(1);
  const { requests } = await first(stream, () => true);
  expect(requests.map(({ key }) => key)).toEqual(["b", "c"]);
});

test("says how many requests it leaves out", async () => {
  await put(emulator, "k", "x");
  const [entry] = emulator.requests();
  if (entry === undefined) throw new Error("there is no request");
  const history = new RequestHistory();
  const observed = { history, running: new RunningRequests(history.news, Date.now) };
  for (let index = 0; index < 25_000; index += 1) history.add(entry);
  const firstAfter = async (known: number): Promise<Event> => {
    const gone = new AbortController();
    const { body } = liveResponse(observed, known, gone.signal);
    const read = events(body as AsyncIterable<Buffer>);
    const { value } = await read.next();
    gone.abort();
    await read.return(undefined);
    return value as Event;
  };
  for (const [known, length, missed] of [
    [24_997, 3, 0],
    [24_000, 1_000, 0],
    [23_999, 1_000, 1],
    [3, 1_000, 23_997],
    // Who knows nothing has missed nothing.
    [Number.NaN, 1_000, 0],
  ] as const) {
    const event = await firstAfter(known);
    expect([known, event.requests.length, event.missed, event.count]).toEqual([
      known,
      length,
      missed,
      25_000,
    ]);
  }
  expect(history.news.followed).toBe(false);
});

test("shows the bytes of a part as they arrive", async () => {
  const stream = await listen();
  const begun = await (await fetch(at(emulator, "big?uploads"), { method: "POST" })).text();
  const [uploadId = ""] = textsIn(begun, "UploadId");
  const part = beginPut(`big?partNumber=7&uploadId=${uploadId}`, 10, "1234");
  const arriving = await first(stream, ({ running }) => running.some(({ received }) => received === 4));
  expect(arriving.running).toMatchObject([{ operation: "UploadPart", key: "big", partNumber: 7, uploadId }]);
  expect(arriving.running).toMatchObject([{ bucket: BUCKET, requestBytes: 10, received: 4 }]);
  part.end("567890");
  const stored = await first(stream, ({ requests }) =>
    requests.some(({ operation }) => operation === "UploadPart"),
  );
  expect(stored.running).toEqual([]);
  expect(stored.requests.at(-1)).toMatchObject({ partNumber: 7, uploadId, status: 200 });
});

test("shows a fault when it fires, before the request has ended", async () => {
  const fault = { kind: "slow-read", bytesPerSecond: 1 } as const;
  emulator.faults.install("default", [{ op: "PutObject", when: "before-headers", fault }]);
  const stream = await listen();
  beginPut("k", 10, "1234");
  const fired = await first(stream, ({ running }) => running.some(({ faults }) => faults.length > 0));
  expect(fired.running).toMatchObject([{ key: "k", faults: ["slow-read"] }]);
});

test("a reader that does not read gets few events, and no request is lost", async () => {
  const path = `${CONSOLE}/api/live`;
  const headers = { "x-cosup-token": emulator.controlToken };
  const response = await new Promise<IncomingMessage>((resolve) => {
    const asked = request({ host: "127.0.0.1", port: emulator.port, path, headers }, resolve);
    asked.end();
    sent.push(asked);
  });
  response.pause();
  for (let index = 0; index < 200; index += 1) await put(emulator, `k${index}`, "x");
  const seen: string[] = [];
  let count = 0;
  for await (const event of events(response)) {
    count += 1;
    seen.push(...event.requests.map(({ key = "" }) => key));
    if (event.count === 200) break;
  }
  expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => `k${index}`));
  expect(count).toBeLessThan(200);
});

test("close() ends the stream", async () => {
  const stream = await listen();
  await first(stream, () => true);
  const ended = stream.next();
  await emulator.close();
  await expect(ended).rejects.toThrow("aborted");
});
