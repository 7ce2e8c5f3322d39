import { isCosError, TransportError } from "@cosup/core";
import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { explainCors } from "../src/explain-cors.ts";

const COS = "https://b-1250000000.cos.ap-guangzhou.myqcloud.com";
const VISIBLE = { etag: '"e"', "x-cos-request-id": "id" };

function request(url = `${COS}/key`, method = "PUT"): WireRequest {
  return { method, url, headers: {}, signal: new AbortController().signal, freshConnection: false };
}

/** The page's origin, and whether its host responds to a request that needs no rule. */
let responds = true;

beforeEach(() => {
  responds = true;
  vi.stubGlobal("location", { origin: "https://page.example" });
  vi.stubGlobal("fetch", async () => {
    if (!responds) throw new TypeError("Failed to fetch");
    return new Response();
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Sends what the steps say, in order; an Error is thrown. */
function sending(...steps: (WireResponse | Error)[]): (given?: WireRequest) => Promise<WireResponse> {
  const send = explainCors(async () => {
    const step = steps.shift();
    if (step === undefined || step instanceof Error) throw step;
    return step;
  });
  return (given = request()) => send(given);
}

const failed = (): TypeError => new TypeError("Failed to fetch");
const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a request that fails while the host responds", () => {
  test("is explained by the rule, and final at the third time", async () => {
    const send = sending(failed(), failed(), failed());
    for (const retryable of [true, true, false]) {
      const error = await caught(send());
      expect(error).toBeInstanceOf(TransportError);
      expect(error).toMatchObject({
        retryable,
        failure: "unknown",
        hint: expect.stringContaining("https://page.example"),
      });
    }
  });

  test("is not explained after a success of the same method", async () => {
    const send = sending(new Response("", { headers: VISIBLE }), failed(), failed(), failed());
    await send();
    for (let times = 0; times < 3; times += 1) expect(isCosError(await caught(send()))).toBe(false);
  });

  test("is explained when only another method succeeded", async () => {
    const send = sending(new Response("", { headers: VISIBLE }), failed());
    await send(request(undefined, "GET"));
    expect(await caught(send())).toBeInstanceOf(TransportError);
  });

  test("is not explained on a page of the same origin", async () => {
    const cause = failed();
    expect(await caught(sending(cause)(request("https://page.example/key")))).toBe(cause);
  });
});

test("a host that does not respond is no matter of the rule", async () => {
  responds = false;
  const cause = failed();
  expect(await caught(sending(cause)())).toBe(cause);
});

test("an abort stays what it is", async () => {
  const cause = new DOMException("stop", "AbortError");
  expect(await caught(sending(cause)())).toBe(cause);
});

describe("a success", () => {
  test("without any header that can be read is refused, with the rule", async () => {
    const error = await caught(sending(new Response("", { headers: { "content-type": "text/xml" } }))());
    expect(error).toMatchObject({
      code: "unexpected-response",
      retryable: false,
      hint: expect.stringContaining("expose ETag"),
    });
  });

  const POSITION = "x-cos-next-append-position";
  const COPY = { "x-cos-copy-source": "b/k" };
  type Case = [request: string, visible: readonly string[], sent?: Record<string, string>];

  // A rule that exposes some of the headers only.
  test.each<Case>([
    ["PUT /key", ["x-cos-request-id"]],
    ["PUT /key?partNumber=1&uploadId=u", ["x-cos-request-id"]],
    ["HEAD /key", ["x-cos-request-id", "last-modified"]],
    ["HEAD /key?versionId=v", ["x-cos-request-id", "last-modified"]],
    ["POST /key?append=&position=0", ["x-cos-request-id", "etag"]],
    ["POST /key?uploads=", ["content-length"]],
  ])("to %s of which only %j can be read is refused", async (what, visible) => {
    const error = await caught(sending(showing(visible))(requestTo(what)));
    expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining(POSITION) });
  });

  test.each<Case>([
    ["PUT /key", ["etag"]],
    ["PUT /key?partNumber=1&uploadId=u", ["etag"]],
    ["PUT /key", ["x-cos-request-id"], COPY],
    ["PUT /key?partNumber=1&uploadId=u", ["x-cos-request-id"], COPY],
    ["PUT /key?tagging=", ["x-cos-request-id"]],
    ["HEAD /", ["x-cos-request-id"]],
    ["GET /key", ["x-cos-request-id", "last-modified"]],
    ["POST /key?append=&position=0", ["x-cos-request-id", POSITION]],
    ["POST /key?uploads=", ["x-cos-request-id"]],
    ["DELETE /key", ["x-cos-request-id"]],
  ])("to %s with %j is passed on", async (what, visible, headers = {}) => {
    const response = showing(visible);
    await expect(sending(response)({ ...requestTo(what), headers })).resolves.toBe(response);
  });
});

describe("a refusal", () => {
  test("is passed on: its document says what COS means", async () => {
    const response = new Response("<Error/>", { status: 403 });
    await expect(sending(response)()).resolves.toBe(response);
  });

  test.each([403, 404, 412])(
    "of a HEAD, %i, has no document: with hidden headers it says nothing",
    async (status) => {
      const error = await caught(sending(new Response(null, { status }))(requestTo("HEAD /key")));
      expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining("expose ETag") });
    },
  );

  test.each([
    ["that shows its headers", 404, { "x-cos-request-id": "id" }],
    ["that another attempt may repair", 503, {}],
  ])("of a HEAD %s is passed on", async (_, status, headers) => {
    const response = new Response(null, { status, headers });
    await expect(sending(response)(requestTo("HEAD /key"))).resolves.toBe(response);
  });
});

function requestTo(what: string): WireRequest {
  const [method = "", path = ""] = what.split(" ");
  return request(COS + path, method);
}

function showing(names: readonly string[]): Response {
  return new Response("", { headers: Object.fromEntries(names.map((name) => [name, "x"])) });
}
