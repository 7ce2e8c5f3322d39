import { describe, expect, test } from "vitest";
import type { CosClient } from "../../src/client.ts";
import type { RequestParameters } from "../../src/requests/any-request.ts";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire } from "../support/wire.ts";

function rig() {
  const clock = new VirtualClock();
  const { runtime, sent } = fakeWire(clock, () => cosResponse(200));
  return { clock, sent, cos: clientOf(runtime, clock) };
}

type Given = Omit<RequestParameters, "Method" | "Bucket" | "stream">;

const CALLS: readonly [string, (cos: CosClient, given: object) => Promise<unknown>][] = [
  ["request", (cos, given) => cos.request({ Method: "PUT", Bucket, Key, ...(given as Given) })],
  ["sign", (cos, given) => cos.sign({ Method: "PUT", Bucket, Key, ...given })],
];

/** What `call` refuses, before anything is sent. */
async function refusalOf(call: (cos: CosClient, given: object) => Promise<unknown>, given: object) {
  const { clock, sent, cos } = rig();
  const error = await caught(clock.run(call(cos, given)));
  expect(sent).toHaveLength(0);
  return error;
}

describe.each(CALLS)("%s()", (_name, call) => {
  // Who may add these would replace the signature, or the token, of the client.
  test.each(["q-signature", "Q-Sign-Algorithm", "sign", "x-cos-security-token", "X-COS-Security-Token", ""])(
    "refuses the query parameter '%s', by its name",
    async (name) => {
      const error = await refusalOf(call, { Query: { acl: "", [name]: "x" } });
      expect(error).toMatchObject({ name: "RangeError", parameter: "Query" });
      expect(String(error)).toContain(`'${name}'`);
    },
  );

  test("takes query parameters whose names only resemble those", async () => {
    const { clock, cos } = rig();
    await clock.run(call(cos, { Query: { query: "1", "sign-key": "1", "x-q-a": "1" } }));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, null, {}, ["a"], 1n, Symbol("x")])(
    "refuses the query value %s",
    async (value) => {
      const error = await refusalOf(call, { Query: { a: value } });
      expect(error).toMatchObject({ name: "TypeError", parameter: "Query.a" });
    },
  );

  test.each([[{ "\ud800": "x" }], [{ a: "\ud800" }]])(
    "refuses a lone surrogate in a query",
    async (Query) => {
      expect(await refusalOf(call, { Query })).toMatchObject({ name: "RangeError" });
    },
  );

  test.each([
    "connection",
    "Keep-Alive",
    "transfer-encoding",
    "TE",
    "trailer",
    "upgrade",
    "http2-settings",
    "proxy-connection",
    "proxy-authenticate",
    "Proxy-Authorization",
  ])("refuses the header %s of a connection, by its name", async (name) => {
    const error = await refusalOf(call, { Headers: { [name]: "x" } });
    expect(error).toMatchObject({ name: "RangeError", parameter: "Headers" });
    expect(String(error)).toContain(name);
  });

  test.each(["get", "PATCH", "", undefined])("refuses the method %s", async (Method) => {
    expect(await refusalOf(call, { Method })).toMatchObject({ parameter: "Method" });
  });
});

test.each([5, null, {}, new ArrayBuffer(1), new Blob(["x"]), ["x"], new ReadableStream()])(
  "request() refuses the body %s, which is neither text nor bytes",
  async (Body) => {
    const error = await refusalOf(
      (cos, given) => cos.request(given as RequestParameters & { stream?: false }),
      {
        Method: "PUT",
        Bucket,
        Key,
        Body,
      },
    );
    expect(error).toMatchObject({ name: "TypeError", parameter: "Body" });
    expect(String(error)).toContain("must be a string or a Uint8Array");
  },
);

test.each(["idempotent", "ContentMD5", "stream"])("request() refuses %s that is no flag", async (name) => {
  const error = await refusalOf(
    (cos, given) => cos.request(given as RequestParameters & { stream?: false }),
    {
      Method: "PUT",
      Bucket,
      [name]: "yes",
    },
  );
  expect(error).toMatchObject({ name: "TypeError", parameter: name });
});

test("request() ends with the reason of its signal, and so does the request", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const wire = fakeWire(clock, () => "hang");
  const call = clientOf(wire.runtime, clock).request({ Method: "GET", Bucket, signal: controller.signal });
  clock.timer(20, () => controller.abort("stop"));
  expect(await caught(clock.run(call))).toBe("stop");
  await clock.idle();
  expect([wire.sent.length, wire.open(), clock.pending]).toEqual([1, 0, 0]);
});
