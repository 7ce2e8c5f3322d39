import { SourceError } from "@cosup/core";
import type { WireRequest } from "@cosup/core/runtime";
import { expect, it } from "vitest";
import { FilePart } from "../src/threads/file-in-threads.ts";
import type { DigestJob, Outcome, SendJob } from "../src/threads/messages.ts";
import { sentError } from "../src/threads/sent-error.ts";
import type { OnEvent, Threads } from "../src/threads/threads.ts";

const BLOCK = 256 * 1024;

/** A part of two blocks of a file, and a thread whose outcomes the test gives. */
function rig() {
  const jobs: {
    job: SendJob | DigestJob;
    end: (outcome: Outcome) => void;
    aborted: boolean;
    onEvent: OnEvent | undefined;
  }[] = [];
  let released = 0;
  const file = {
    lend: async () => ({
      descriptor: 9,
      name: "a.bin",
      size: 3 * BLOCK,
      release: () => {
        released += 1;
      },
    }),
  };
  const threads = {
    run: (job: SendJob | DigestJob, onEvent?: OnEvent) => {
      let end = (_outcome: Outcome): void => {};
      const outcome = new Promise<Outcome>((resolve) => {
        end = resolve;
      });
      const one = { job, end, aborted: false, onEvent };
      jobs.push(one);
      const abort = (): void => {
        one.aborted = true;
      };
      return { outcome, abort };
    },
  } as unknown as Threads;
  const context = { file, threads, proxyOf: () => undefined };
  const part = new FilePart(context, BLOCK, 2 * BLOCK, new AbortController().signal);
  const calls: string[] = [];
  const request = (onAbort: WireRequest["onAbort"] = () => {}): WireRequest => ({
    ...{
      method: "PUT",
      url: "https://cos.example/a",
      headers: { authorization: "signed" },
      freshConnection: false,
    },
    signal: new AbortController().signal,
    onAbort,
    onQueue: () => void calls.push("queued"),
    onStart: (unsent) => void calls.push(`started, ${unsent?.()} unsent`),
  });
  return { part, jobs, request, calls, released: () => released };
}

const sent = (...crc64s: bigint[]): Outcome => ({
  ...{ type: "sent", status: 200, headers: { etag: '"e"' }, body: new Uint8Array(0) },
  crc64s,
});
const failed = (...crc64s: bigint[]): Outcome => ({
  ...{ type: "failed", error: sentError(new Error("reset")) },
  crc64s,
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

it("says what it waits for, and how much its socket has not accepted", async () => {
  const { part, jobs, request, calls, released } = rig();
  const response = part.send(request());
  await turn();
  expect(jobs[0]?.job).toMatchObject({ range: { descriptor: 9, start: BLOCK, length: 2 * BLOCK } });
  const job = jobs[0]?.job;
  const counter = new BigUint64Array(job?.type === "send" ? job.unsent : new SharedArrayBuffer(8));
  jobs[0]?.onEvent?.("queued");
  counter[0] = 5n;
  jobs[0]?.onEvent?.("started");
  jobs[0]?.end(sent(1n, 2n));
  expect((await response).headers.get("ETag")).toBe('"e"');
  expect(calls).toEqual(["queued", "queued", "started, 5 unsent"]);
  expect(await part.digest(false)).toEqual({ crc64: 2n, md5: undefined });
  expect([jobs.length, released()]).toEqual([1, 1]);
});

it("keeps the file open until the thread of an aborted request has ended", async () => {
  const { part, jobs, request, released } = rig();
  let abort = (_reason: unknown): void => {};
  const response = part.send(
    request((listener) => {
      abort = listener;
    }),
  );
  await turn();
  const reason = new Error("enough");
  abort(reason);
  await expect(response).rejects.toBe(reason);
  expect([jobs[0]?.aborted, released()]).toEqual([true, 0]);
  jobs[0]?.end(failed(1n));
  await turn();
  expect(released()).toBe(1);
});

it("counts the bytes of each attempt apart: the thread of the one before may still count", async () => {
  const { part, jobs, request } = rig();
  const first = part.send(request());
  await turn();
  jobs[0]?.end(failed());
  await expect(first).rejects.toThrow("reset");
  const second = part.send(request());
  await turn();
  const [one, two] = jobs.map(({ job }) => (job.type === "send" ? job.unsent : undefined));
  expect(one).toBeDefined();
  expect(two).not.toBe(one);
  jobs[1]?.end(sent(1n, 2n));
  await second;
});

it("refuses other bytes than an attempt has sent before, also in the blocks of one that failed", async () => {
  const { part, jobs, request } = rig();
  const first = part.send(request());
  await turn();
  jobs[0]?.end(failed(1n));
  await expect(first).rejects.toThrow("reset");
  const second = part.send(request());
  await turn();
  jobs[1]?.end(sent(9n, 2n));
  await expect(second).rejects.toMatchObject({ name: "SourceError", code: "source-changed" });
});

it("has the rest read for the digest of a part that was not sent to its end", async () => {
  const { part, jobs, request } = rig();
  const response = part.send(request());
  await turn();
  jobs[0]?.end(sent(1n));
  await response;
  const digest = part.digest(false);
  await turn();
  expect(jobs[1]?.job).toMatchObject({ type: "digest", withMd5: false });
  jobs[1]?.end({ type: "digested", md5: undefined, crc64s: [1n, 2n] });
  expect(await digest).toEqual({ crc64: 2n, md5: undefined });
});

it("rejects with an error of the thread as it was", async () => {
  const { part, jobs, request } = rig();
  const response = part.send(request());
  await turn();
  const cause = new SourceError(
    "a.bin cannot be read (EIO)",
    "source-unreadable",
    undefined,
    "mend the disk",
  );
  jobs[0]?.end({ type: "failed", error: sentError(cause), crc64s: [] });
  const error = await response.catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(SourceError);
  expect(error).toMatchObject({ message: cause.message, code: "source-unreadable", hint: "mend the disk" });
});
