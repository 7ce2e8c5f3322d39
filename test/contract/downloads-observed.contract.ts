import { type RequestEvent, type RetryEvent, ServiceError, TransportError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { MB, noise } from "./fixtures/bytes.ts";
import { eventsOf } from "./fixtures/channels.ts";
import { customerKey } from "./fixtures/customer-key.ts";
import { downloadCase, getsMeet, rangesOf, rangesOfSize, SIZE } from "./fixtures/downloads.ts";
import { breaks, hangs, pass, refuses } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";

const needs = "files";
/** One range after the other, so that the order of the requests is known. */
const ONE = { MAXThread: 1 } as const;

const hooks: ContractCase = {
  name: "onRequest and onRetry see every attempt of downloadFile()",
  needs,
  run: async (t, rig) => {
    const one = await downloadCase(rig);
    const requests: RequestEvent[] = [];
    const retries: RetryEvent[] = [];
    const options = {
      onRequest: (event: RequestEvent) => requests.push(event),
      onRetry: (event: RetryEvent) => retries.push(event),
    };
    const script = getsMeet([pass, refuses(503, "SlowDown"), breaks("reset"), pass]);
    await one.download(ONE, script, { options });
    t.deepEqual(
      requests.map(({ method, attempt, status, errorCode }) => [method, attempt, status, errorCode]),
      [
        ["GET", 1, 206, undefined],
        ["GET", 1, 503, "throttled"],
        ["GET", 2, undefined, "connection-reset"],
        ["GET", 3, 206, undefined],
        ["GET", 1, 206, undefined],
        ["GET", 1, 206, undefined],
      ],
      "attempts",
    );
    t.deepEqual(
      retries.map(({ attempt, errorCode }) => [attempt, errorCode]),
      [
        [1, "throttled"],
        [2, "connection-reset"],
      ],
      "retries",
    );
    for (const { operation, Bucket, Key, durationMs } of [...requests, ...retries]) {
      t.deepEqual([operation, Bucket, Key], ["downloadFile", rig.Bucket, one.object.Key], "what it was for");
      t.ok(durationMs !== undefined, "durationMs");
    }
  },
};

const channels: ContractCase = {
  name: "diagnostics channels see the requests of downloadFile(), and no key of SSE-C",
  needs,
  run: async (t, rig) => {
    const headers = customerKey(1);
    const one = await downloadCase(rig, noise(MB + 1), { put: { headers } });
    const diagnostics = t.present(rig.runtime.diagnostics, "diagnostics");
    const events = await eventsOf(diagnostics, () => one.download({ ...ONE, headers }));
    const mine = events.filter(({ Key }) => Key === one.object.Key);
    t.deepEqual(
      mine.map(({ operation, status }) => [operation, status]),
      [
        ["downloadFile", undefined],
        ["downloadFile", 206],
        ["downloadFile", undefined],
        ["downloadFile", 206],
      ],
      "events",
    );
    for (const secret of [rig.secretKey, ...Object.values(headers).filter((value) => value !== "AES256")])
      t.equal(JSON.stringify(mine).includes(secret), false, "a secret in the events");
  },
};

const limits: readonly ContractCase[] = [
  {
    name: "downloadFile() with maxAttempts 1 sends no request again",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const script = getsMeet([pass, refuses(503, "SlowDown")]);
      await t.throws(() => one.download({ ...ONE, maxAttempts: 1 }, script), ServiceError, {
        code: "throttled",
      });
      t.equal(script.count("GetObject"), 2, "requests");
    },
  },
  {
    name: "downloadFile() with responseTimeoutMs ends a request that is silent",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const script = getsMeet([pass, hangs]);
      const limited = { ...ONE, maxAttempts: 1, responseTimeoutMs: 1000 };
      await t.throws(() => one.download(limited, script, { realTime: true }), TransportError, {
        code: "timeout",
      });
      t.deepEqual(await one.files.names(one.folder), [], "names");
      // With a further attempt, the same silence costs a second.
      const again = getsMeet([pass, hangs]);
      await one.download({ ...limited, maxAttempts: 2 }, again, { realTime: true });
      t.bytes(await one.files.read(one.path), one.bytes, "the file");
    },
  },
  {
    name: "downloadFile() that timeoutMs ends goes on with the same call",
    needs,
    run: async (t, rig) => {
      const one = await downloadCase(rig);
      const checkpoints = memoryCheckpoints();
      const script = getsMeet([pass, hangs]);
      const call = () => one.download({ ...ONE, checkpoints, timeoutMs: 2000 }, script, { realTime: true });
      await t.throws(call, TransportError, {
        code: "timeout",
        message: /downloadFile: not done within 2000 ms \(timeoutMs\)/,
        hint: /same call again/,
      });
      const rest = getsMeet(undefined);
      const { bytesResumed } = await one.download({ ...ONE, checkpoints, resume: "require" }, rest);
      t.equal(bytesResumed, MB, "bytesResumed");
      t.deepEqual(rangesOf(rest), rangesOfSize(SIZE).slice(1), "ranges");
      t.bytes(await one.files.read(one.path), one.bytes, "the file");
    },
  },
];

export const cases: readonly ContractCase[] = [hooks, channels, ...limits];
