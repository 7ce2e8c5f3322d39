import { createHash } from "node:crypto";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../src/index.ts";
import { authorize } from "../requests.ts";
import { crc64Of } from "./crc64-of.ts";
import { at, BUCKET, closeEmulators, start, status } from "./rig.ts";

closeEmulators();

const SECRET = "the-secret-of-the-key";
const TOKEN = "the-session-token";

describe("a recording", () => {
  test("has requests and responses in their order, with bodies by length and CRC64", async () => {
    const emulator = await start();
    const recording = emulator.record();
    await status(emulator, "PUT", "a.txt", "hello", { "content-type": "text/plain", range: "bytes=0-1" });
    await status(emulator, "GET", "a.txt");
    await status(emulator, "GET", "none.txt");
    await status(emulator, "PUT", "a.txt", "hello again");
    const { version, exchanges } = recording.stop();
    expect(version).toBe(1);
    expect(exchanges).toMatchObject([
      {
        order: 1,
        attempt: 1,
        method: "PUT",
        operation: "PutObject",
        bucket: BUCKET,
        key: "a.txt",
        request: {
          headers: { "content-type": "text/plain", "content-length": "5", range: "bytes=0-1" },
          body: { bytes: 5, crc64: crc64Of("hello"), whole: true },
        },
        response: { status: 200, headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } },
        faults: [],
      },
      {
        order: 2,
        operation: "GetObject",
        response: { body: { bytes: 5, crc64: crc64Of("hello"), whole: true } },
      },
      { order: 3, key: "none.txt", response: { status: 404, code: "NoSuchKey" } },
      { order: 4, attempt: 2, operation: "PutObject", request: { body: { bytes: 11 } } },
    ]);
    expect(exchanges[0]?.response?.headers["x-cos-hash-crc64ecma"]).toBe(crc64Of("hello"));
  });

  test("begins and ends when it is told to, beside another one, and has no request to the control API", async () => {
    const emulator = await start({ faults: true });
    await status(emulator, "PUT", "before", "x");
    const long = emulator.record();
    await status(emulator, "PUT", "first", "x");
    const short = emulator.record();
    await fetch(`${emulator.url}/_cosup/faults/r`, { headers: { "x-cosup-token": emulator.controlToken } });
    await status(emulator, "PUT", "second", "x");
    const keys = ({ exchanges }: Recording): unknown[] => exchanges.map(({ key }) => key);
    expect(keys(short.stop())).toEqual(["second"]);
    await status(emulator, "PUT", "third", "x");
    expect(keys(long.recording())).toEqual(["first", "second", "third"]);
    expect(keys(long.stop())).toEqual(["first", "second", "third"]);
    await status(emulator, "PUT", "after", "x");
    expect(keys(short.recording())).toEqual(["second"]);
  });

  test("has the faults that fired, with their parameters", async () => {
    const emulator = await start({
      faults: [
        { op: "PutObject", when: "after-2-bytes-of-request", fault: "reset" },
        {
          op: "PutObject",
          when: "before-headers",
          fault: { kind: "status", code: "SlowDown", retryAfter: 3 },
        },
        { op: "GetObject", when: "before-accept", fault: { kind: "delay", ms: 5 } },
      ],
    });
    const recording = emulator.record();
    for (const body of ["hello", "hello", "hello"]) await status(emulator, "PUT", "a", body);
    await status(emulator, "GET", "a");
    expect(recording.stop().exchanges).toMatchObject([
      {
        response: { status: 503, code: "SlowDown", headers: { "retry-after": "3" } },
        faults: [{ when: "before-headers", fault: { kind: "status", code: "SlowDown", retryAfter: 3 } }],
      },
      { hungUp: "reset", faults: [{ when: "after-2-bytes-of-request", fault: { kind: "reset" } }] },
      { response: { status: 200 }, faults: [] },
      { response: { status: 200 }, faults: [{ when: "before-accept", fault: { kind: "delay", ms: 5 } }] },
    ]);
  });

  test("has no secret, token, signature, content or unknown header", async () => {
    const keys = { secretId: "AKIDrecorded", secretKey: SECRET, token: TOKEN };
    const rotated = { kind: "rotate-credentials", secretId: "AKIDnew", secretKey: `new-${SECRET}` } as const;
    const emulator = await start({
      anonymous: false,
      credentials: [keys],
      faults: [{ op: "PutObject", match: { nth: 2 }, when: "before-accept", fault: rotated }],
    });
    const recording = emulator.record();
    const customerKey = Buffer.alloc(32, "k").toString("base64");
    const send = async (key: string, query = ""): Promise<void> => {
      const headers: Record<string, string> = {
        host: `127.0.0.1:${emulator.port}`,
        "x-cos-security-token": TOKEN,
        "x-cos-meta-private": "private-metadata",
        "x-cos-server-side-encryption-customer-algorithm": "AES256",
        "x-cos-server-side-encryption-customer-key": customerKey,
        "x-cos-server-side-encryption-customer-key-MD5": createHash("md5")
          .update(Buffer.alloc(32, "k"))
          .digest("base64"),
        cookie: "session=cookie",
      };
      const sign = { secretId: keys.secretId, secretKey: keys.secretKey, path: `/${BUCKET}/${key}` };
      const path = `/${BUCKET}/${key}`;
      const authorization = authorize({ method: "PUT", path, sign }, headers, Math.floor(Date.now() / 1000));
      const { host: _, ...sent } = headers;
      await fetch(`${at(emulator, key)}${query}`, {
        method: "PUT",
        headers: { ...sent, authorization },
        body: "secret content",
      });
    };
    await send("a");
    await send("a");
    await send("b&q-sign-algorithm=sha1&q-ak=AKIDrecorded&q-signature=0123456789abcdef");
    await send("c", "?q-signature=0123456789abcdef&x-cos-security-token=the-session-token");
    const { exchanges } = recording.stop();
    expect(exchanges).toHaveLength(4);
    expect(exchanges[1]?.faults).toEqual([
      { when: "before-accept", fault: { kind: "rotate-credentials", secretId: "AKIDnew" } },
    ]);
    const text = JSON.stringify(exchanges);
    for (const secret of [
      SECRET,
      TOKEN,
      customerKey,
      "q-sign",
      "signature",
      "cookie",
      "secret content",
      "private-meta",
    ]) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });

  test("says that the client has left, and how far its body came", async () => {
    let arrived = (): void => {};
    const reading = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const emulator = await start({
      middleware: [
        (_call, next) => {
          arrived();
          return next();
        },
      ],
    });
    const recording = emulator.record();
    const ended = emulator.waitFor({ method: "PUT" }, { timeoutMs: 50_000 });
    const headers = { "content-length": "1000" };
    const sent = request(at(emulator, "a"), { method: "PUT", headers, agent: false });
    sent.on("error", () => {});
    sent.write("0123456789");
    await reading;
    sent.destroy();
    await ended;
    expect(recording.stop().exchanges).toMatchObject([
      { abandoned: true, request: { body: { bytes: 10, whole: false } } },
    ]);
  });

  test("has the slow link at its beginning", async () => {
    const emulator = await start({ link: { latencyMs: 5 } });
    expect(emulator.record().stop()).toEqual({ version: 1, link: { latencyMs: 5 }, exchanges: [] });
  });
});
