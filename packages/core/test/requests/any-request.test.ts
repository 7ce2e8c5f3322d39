import { createHash } from "node:crypto";
import { describe, expect, expectTypeOf, test } from "vitest";
import { ServiceError, TransportError } from "../../src/errors.ts";
import type { RequestParameters } from "../../src/requests/any-request.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { authorization, Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, errorDocument, refusal, type Step, scriptedWire } from "../support/wire.ts";

const HOST = `https://${Bucket}.cos.ap-guangzhou.myqcloud.com`;

function rig(steps: readonly Step[]) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const cos = clientOf(wire.runtime, clock);
  const request = (more: Omit<RequestParameters, "Bucket" | "stream">) =>
    clock.run(cos.request({ Bucket, ...more }));
  return { clock, wire, cos, request };
}

describe("request()", () => {
  test("sends method, query, headers and body, signed, and returns status, headers and text", async () => {
    const { wire, request } = rig([cosResponse(201, { "X-Cos-Extra": "1" }, "<Done/>")]);
    const result = await request({
      Method: "PUT",
      Key: "a b",
      Query: { acl: "", versionId: "v/1", n: 5, flag: true, none: undefined },
      Headers: { "X-Cos-ACL": " private " },
      Body: "text",
    });
    expect(result).toMatchObject({ statusCode: 201, RequestId: "NjU1Y2I=", body: "<Done/>" });
    expect(result.headers["x-cos-extra"]).toBe("1");
    const [sent] = wire.sent;
    expect([sent?.method, sent?.url]).toEqual(["PUT", `${HOST}/a%20b?acl=&versionId=v%2F1&n=5&flag=true`]);
    expect(sent?.headers).toMatchObject({ "x-cos-acl": "private" });
    expect(sent?.headers).not.toHaveProperty("content-md5");
    expect(new TextDecoder().decode(sent?.body)).toBe("text");
    expect(authorization(sent?.headers ?? {})).toMatchObject({
      "q-header-list": "host;x-cos-acl",
      "q-url-param-list": "acl;flag;n;versionid",
    });
  });

  test("without a key is for the bucket", async () => {
    const { wire, request } = rig([cosResponse(200)]);
    await request({ Method: "GET", Query: { acl: "" } });
    expect(wire.sent[0]?.url).toBe(`${HOST}/?acl=`);
  });

  test.each(["text", new TextEncoder().encode("text"), ""])(
    "with ContentMD5 has the MD5 of %s",
    async (Body) => {
      const { wire, request } = rig([cosResponse(200)]);
      await request({ Method: "PUT", Key, Body, ContentMD5: true });
      expect(wire.sent[0]?.headers["content-md5"]).toBe(createHash("md5").update(Body).digest("base64"));
    },
  );

  test("has an empty body with PUT and POST, whose length COS wants, and none with other methods", async () => {
    for (const Method of ["PUT", "POST", "GET", "HEAD", "DELETE", "OPTIONS"] as const) {
      const { wire, request } = rig([cosResponse(200)]);
      await request({ Method, Key });
      expect(wire.sent[0]?.body?.length, Method).toBe(Method === "PUT" || Method === "POST" ? 0 : undefined);
    }
  });

  test.each(["GET", "HEAD", "DELETE", "OPTIONS"] as const)("refuses a body of %s", async (Method) => {
    const { wire, request } = rig([]);
    const error = await caught(request({ Method, Key, Body: "x" }));
    expect(error).toMatchObject({ name: "RangeError", parameter: "Body" });
    expect(String(error)).toContain(Method);
    expect(wire.sent).toHaveLength(0);
  });

  test.each<[RequestParameters["Method"], boolean | undefined, number]>([
    ["GET", undefined, 2],
    ["HEAD", undefined, 2],
    ["PUT", undefined, 2],
    ["DELETE", undefined, 2],
    ["OPTIONS", undefined, 2],
    ["POST", undefined, 1],
    ["POST", true, 2],
    ["PUT", false, 1],
  ])("%s with idempotent %s is sent %i times when a response is lost", async (Method, idempotent, times) => {
    const { wire, request } = rig([new Broken("unknown"), cosResponse(200)]);
    const error = await request({ Method, Key, idempotent }).catch((failure: unknown) => failure);
    expect(wire.sent).toHaveLength(times);
    expect(error instanceof TransportError).toBe(times === 1);
  });

  test("rejects with COS's refusal, and says what it was about", async () => {
    const { request } = rig([refusal(404, "NoSuchKey"), refusal(403, "AccessDenied")]);
    expect(await caughtAs(request({ Method: "GET", Key }), ServiceError)).toMatchObject({
      cosCode: "NoSuchKey",
      code: "not-found",
      message: expect.stringContaining(`request of ${Key}`),
    });
    const ofBucket = await caughtAs(request({ Method: "GET" }), ServiceError);
    expect(ofBucket.message).toContain(`request on ${Bucket}`);
  });

  test("takes an error document in a 200 for a failure of PUT and POST, and for an object of GET", async () => {
    const late = (): Step => cosResponse(200, {}, errorDocument("InternalError"));
    const { wire, request } = rig([late(), cosResponse(200, {}, "<CopyObjectResult/>")]);
    expect(await request({ Method: "PUT", Key })).toMatchObject({ body: "<CopyObjectResult/>" });
    expect(wire.sent).toHaveLength(2);
    const post = rig([cosResponse(200, {}, errorDocument("InvalidPart"))]);
    const error = await caughtAs(post.request({ Method: "POST", Key }), ServiceError);
    expect(error).toMatchObject({ cosCode: "InvalidPart", retryable: false });
    expect(error.message).toMatch(/^request: InvalidPart/);
    const get = rig([late()]);
    expect((await get.request({ Method: "GET", Key })).body).toContain("InternalError");
  });

  test("returns the body unread with stream", async () => {
    const { clock, cos } = rig([cosResponse(200, {}, "text"), cosResponse(204)]);
    const { body, statusCode } = await clock.run(cos.request({ Method: "GET", Bucket, Key, stream: true }));
    expect(statusCode).toBe(200);
    expect(await clock.run(new Response(body).text())).toBe("text");
    expect((await clock.run(cos.request({ Method: "GET", Bucket, stream: true }))).body).toBeNull();
  });

  test("has a body of the type that stream asks for", () => {
    const { cos } = rig([]);
    type Text = Awaited<ReturnType<typeof text>>;
    type Stream = Awaited<ReturnType<typeof stream>>;
    const text = () => cos.request({ Method: "GET", Bucket });
    const stream = () => cos.request({ Method: "GET", Bucket, stream: true });
    expectTypeOf<Text["body"]>().toEqualTypeOf<string>();
    expectTypeOf<Stream["body"]>().toEqualTypeOf<ReadableStream<Uint8Array> | null>();
    // A program that decides when it runs has to look at what it gets.
    type Either = Awaited<ReturnType<typeof either>>;
    const either = (stream: boolean) => cos.request({ Method: "GET", Bucket, stream });
    expectTypeOf<Either["body"]>().toEqualTypeOf<string | ReadableStream<Uint8Array> | null>();
  });

  test.each([
    "Authorization",
    "host",
    "Content-Length",
    "content-md5",
    "Expect",
    "x-cos-security-token",
    "Connection",
  ])("refuses the header %s, by its name", async (name) => {
    const { wire, request } = rig([]);
    const error = await caught(request({ Method: "GET", Headers: { [name]: "x" } }));
    expect(error).toMatchObject({ name: "RangeError", parameter: "Headers" });
    expect(String(error)).toContain(name);
    expect(wire.sent).toHaveLength(0);
  });
});
