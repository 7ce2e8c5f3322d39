import { describe, expect, test } from "vitest";
import { ServerClock } from "../../src/auth/server-clock.ts";
import { Signer } from "../../src/auth/sign.ts";
import { TransportError } from "../../src/errors.ts";
import { type AttemptResponse, attempt } from "../../src/http/attempt.ts";
import { ClientLifetime } from "../../src/http/client-lifetime.ts";
import { Endpoint } from "../../src/http/endpoint.ts";
import type { Ending } from "../../src/http/line.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import { streamBody } from "../../src/http/stream-body.ts";
import { permanentFailure } from "../../src/runtime/permanent-failure.ts";
import { readXml } from "../../src/xml/read.ts";
import { caughtAs } from "../support/caught.ts";
import { SecretId, SecretKey } from "../support/client.ts";
import { RecordingLine, requestSpec } from "../support/recording-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import {
  Broken,
  cosResponse,
  errorDocument,
  proxyResponse,
  type Step,
  scriptedWire,
} from "../support/wire.ts";

/** One attempt that gets `step`. */
function rig(step: Step, changes: Partial<RequestSpec> = {}) {
  const clock = new VirtualClock();
  const { runtime } = scriptedWire(clock, [step]);
  const line = new RecordingLine(clock);
  const spec = requestSpec(changes);
  const context = {
    // As the adapters for Node and Deno do; a page and a Worker are told no reason.
    runtime: { ...runtime, permanentFailure },
    clock,
    line,
    lifetime: new ClientLifetime(),
    serverClock: new ServerClock(clock),
    endpoint: new Endpoint(undefined, "ap-guangzhou", "https"),
    signer: new Signer(),
    userAgent: "test",
    responseTimeoutMs: 60_000,
    readXml,
  };
  const options = { backup: false, freshConnection: false };
  const done: Promise<AttemptResponse> = clock.run(attempt(context, spec, { SecretId, SecretKey }, options));
  return { done, line, clock };
}

describe("what an attempt tells the line about its end", () => {
  test.each<[Ending, number, string]>([
    ["sent", 200, ""],
    ["sent", 299, ""],
    ["other", 300, ""],
    ["other", 400, errorDocument("InvalidArgument")],
    ["timeout", 400, errorDocument("RequestTimeout")],
    ["timeout", 499, errorDocument("UserNetworkTooSlow")],
    ["other", 500, errorDocument("RequestTimeout")],
    ["sent", 200, errorDocument("RequestTimeout")],
  ])("is '%s' after status %i %s", async (ending, status, text) => {
    const { done, line } = rig(cosResponse(status, {}, text));
    expect((await done).text).toBe(text);
    expect([line.ended, line.busy]).toEqual([[ending], false]);
  });

  test("is 'timeout' when COS does not respond, and 'other' after any other failure", async () => {
    const silent = rig("hang");
    await caughtAs(silent.done, TransportError);
    expect(silent.line.ended).toEqual(["timeout"]);
    const broken = rig(new Broken("reset"));
    await caughtAs(broken.done, TransportError);
    expect(broken.line.ended).toEqual(["other"]);
  });

  test("is 'other' for a streamed response, which has no text and keeps the line busy until it is read", async () => {
    const { done, line, clock } = rig(cosResponse(200, {}, "content"), { streamed: streamBody });
    const { body, text } = await done;
    expect([text, line.ended, line.busy]).toEqual(["", ["other"], true]);
    expect(await clock.run(new Response(body).text())).toBe("content");
    expect(line.busy).toBe(false);
  });

  test("leaves the line at once when a streamed response has no body", async () => {
    const { done, line } = rig(cosResponse(200), { streamed: streamBody });
    expect((await done).body).toBeNull();
    expect(line.busy).toBe(false);
  });
});

test("a failure that every attempt would meet again is not retryable, and has a hint", async () => {
  const cause = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
  const error = await caughtAs(rig(() => Promise.reject(cause)).done, TransportError);
  expect(error).toMatchObject({
    message: "getObject: the server's certificate has expired",
    failure: "connect",
    retryable: false,
    cause,
  });
  expect(error.hint).toContain("renew it on the server");
});

test("the response of a proxy tells nothing of the line's rate", async () => {
  const { done, line } = rig(proxyResponse(403));
  await done;
  expect(line.ended).toEqual(["other"]);
});
