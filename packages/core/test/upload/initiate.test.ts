import { expect, test } from "vitest";
import { ServiceError, TransportError } from "../../src/errors.ts";
import { afterInitiate, initiate } from "../../src/upload/initiate.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { caught } from "../support/caught.ts";

const { signal } = new AbortController();

function refusal(status: number, retryable = false, fromCos = true): ServiceError {
  const requestId = fromCos ? "id" : undefined;
  return new ServiceError("refused", { code: "conflict", retryable, status, cosCode: "", requestId });
}

/** A COS with these responses to Initiate. */
async function initiated(responses: readonly (Error | string)[], listens = true) {
  const warnings: UploadWarning[] = [];
  const repeats: unknown[][] = [];
  let sent = 0;
  const target = {
    initiate: async () => {
      const response = responses[sent];
      sent += 1;
      if (typeof response === "string") return response;
      throw response ?? new Error("one request too many");
    },
    repeats: listens ? (...repeat: unknown[]) => void repeats.push(repeat) : undefined,
  };
  const onWarning = listens ? (warning: UploadWarning) => void warnings.push(warning) : undefined;
  const outcome = await initiate(target, { Key: "a/b", onWarning }, signal).catch((error: unknown) => error);
  return { outcome, sent, warnings, repeats };
}

test.each<[string, Error]>([
  ["a lost response", new TransportError("no response", "reset")],
  ["500", refusal(500)],
  ["503 of COS itself", refusal(503, true)],
  ["503 of a proxy", refusal(503, true, false)],
  ["a 200 with an error in it", refusal(200)],
])(
  "initiate() after %s is sent once more, and names the object that may have an orphan",
  async (_, error) => {
    const { outcome, sent, warnings, repeats } = await initiated([error, "upload-2"]);
    expect([outcome, sent]).toEqual(["upload-2", 2]);
    expect(repeats).toEqual([[error, 0, "createMultipartUpload"]]);
    expect(warnings).toMatchObject([{ code: "orphan-upload", message: expect.stringContaining("a/b") }]);
  },
);

test.each<[string, Error]>([
  ["a connection that never was", new TransportError("refused", "connect")],
  ["501", refusal(501)],
  ["a refusal that may pass", refusal(400, true)],
  ["301", refusal(301)],
  ["300", refusal(300)],
  ["403", refusal(403)],
  ["499", refusal(499)],
  ["something that is no failure of COS", new Error("a bug")],
])("initiate() after %s has certainly done nothing: not sent again, no orphan", async (_, error) => {
  const { outcome, sent, warnings } = await initiated([error]);
  expect([outcome, sent, warnings]).toEqual([error, 1, []]);
});

test("initiate() is not sent again after a redirect of a proxy, which may have passed it on", async () => {
  const error = refusal(300, false, false);
  const { outcome, sent, warnings, repeats } = await initiated([error]);
  expect([outcome, sent, warnings.length, repeats]).toEqual([error, 1, 1, []]);
});

test.each<[Error, boolean, string]>([
  [refusal(403), false, "fail"],
  [new TransportError("no response", "reset"), false, "repeat"],
  [new TransportError("no response", "reset"), true, "fail-with-orphan"],
  [refusal(300, false, false), false, "fail-with-orphan"],
])("afterInitiate() of %s, last send %s: %s", (failure, lastSend, next) => {
  expect(afterInitiate(failure, lastSend)).toBe(next);
});

test("initiate() gives up after two lost responses, and does so without a listener too", async () => {
  const [first, second] = [new TransportError("one", "reset"), new TransportError("two", "reset")];
  expect(await initiated([first, second], false)).toMatchObject({ outcome: second, sent: 2 });
});

test("initiate() after a firewall's 403 is not sent again, but may have left an orphan", async () => {
  const error = refusal(403, false, false);
  const { outcome, sent, warnings } = await initiated([error]);
  expect([outcome, sent, warnings.map(({ code }) => code)]).toEqual([error, 1, ["orphan-upload"]]);
});

test("initiate() sends nothing when it is aborted already", async () => {
  const reason = new Error("enough");
  const target = { initiate: () => Promise.reject(new Error("sent")) };
  const options = { Key: "a", onWarning: undefined };
  expect(await caught(initiate(target, options, AbortSignal.abort(reason)))).toBe(reason);
});
