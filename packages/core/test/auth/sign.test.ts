import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalList, httpString } from "../../src/auth/canonical.ts";
import { type SignableRequest, Signer } from "../../src/auth/sign.ts";
import { signatureFields } from "../../src/auth/signature-fields.ts";
import { signedHeaders } from "../../src/auth/signed-headers.ts";
import { keyPath } from "../../src/params/key.ts";
import type { Sha1 } from "../../src/runtime/sha1.ts";
import { type PresignedVector, vectors } from "../support/vectors.ts";

const HOST = "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com";
const SecretId = "AKIDEXAMPLEfakefakefakefakefakefake00";
const SecretKey = "fakeSecretKeyfakeSecretKeyfake00";

/** SHA-1 as a runtime provides it. */
const nodeSha1: Sha1 = {
  digest: (text) => createHash("sha1").update(text).digest("hex"),
  hmac: (key, text) => createHmac("sha1", key).update(text).digest("hex"),
};

test("there are 25 header vectors and 11 presigned ones", () => {
  const { "node-3.0.0": node, "python-1.9.41": python } = vectors.presigned;
  expect([vectors.vectors.length, node.length + python.length]).toEqual([25, 11]);
});

describe.each(vectors.vectors)("header vector $name", (vector) => {
  const headers = vector.signEveryHeader ? Object.entries(vector.headers) : signedHeaders(vector.headers);
  const query = Object.entries(vector.query);

  test("httpString() is the documented text", () => {
    const text = httpString(vector.method, vector.pathname, canonicalList(query), canonicalList(headers));
    expect(text).toBe(vector.httpString);
  });

  test.each([
    ["WebCrypto", undefined],
    ["the runtime's SHA-1", nodeSha1],
  ])("Signer.authorization() is exact on %s", async (_, sha1) => {
    const request = {
      method: vector.method,
      pathname: vector.pathname,
      query,
      headers,
      keyTime: vector.keyTime,
    };
    const key = { SecretId: vector.secretId, SecretKey: vector.secretKey };
    expect(await new Signer(sha1).authorization(key, request)).toBe(vector.authorization);
  });

  test("keyPath() is the path on the request line", () => {
    const collapsing = (path: string): string => path.replace(/(?<=\/)(\.{1,2})\//g, "$1%2F");
    expect(`/${keyPath(vector.key)}`).toBe(collapsing(vector.urlPath));
  });
});

function fieldsOf(url: string): [string, string][] {
  const query = url.slice(url.indexOf("?") + 1);
  return query
    .split("&")
    .filter((pair) => pair.startsWith("q-"))
    .map((pair) => pair.split(/=(.*)/s, 2).map(decodeURIComponent) as [string, string]);
}

function requestOf({ params }: PresignedVector, fields: Record<string, string>): SignableRequest {
  const host: [string, string][] = params.SignHost === false ? [] : [["host", HOST]];
  return {
    method: params.Method,
    pathname: `/${params.Key}`,
    query: Object.entries(params.Params ?? params.Query ?? {}),
    headers: [...Object.entries(params.Headers ?? {}), ...host],
    keyTime: fields["q-key-time"] ?? "",
  };
}

// Node's SDK leaves the token out of the signature, Python's signs it: both are in `Params` or not, as here.
test.each([...vectors.presigned["node-3.0.0"], ...vectors.presigned["python-1.9.41"]])(
  "signatureFields() are those of the presigned URL of $params",
  async (vector) => {
    const expected = fieldsOf(vector.url);
    const request = requestOf(vector, Object.fromEntries(expected));
    const authorization = await new Signer().authorization({ SecretId, SecretKey }, request);
    expect(signatureFields(authorization)).toEqual(expected);
  },
);

test("signatureFields() take a SecretId as it is", async () => {
  const odd = "a&b=c";
  const request = { method: "GET", pathname: "/", query: [], headers: [], keyTime: "1;2" };
  const authorization = await new Signer().authorization({ SecretId: odd, SecretKey }, request);
  const fields = signatureFields(authorization);
  expect([fields.length, Object.fromEntries(fields)["q-ak"]]).toEqual([7, odd]);
});

describe("the kept SignKey", () => {
  const request = (keyTime: string): SignableRequest => ({
    method: "PUT",
    pathname: "/exampleobject",
    query: [],
    headers: [["host", HOST]],
    keyTime,
  });

  test.each([
    ["WebCrypto", undefined],
    ["the runtime's SHA-1", nodeSha1],
  ])("is replaced with its secret or its key time, in any order of requests: %s", async (_, sha1) => {
    const secrets = ["one", "two", "three"];
    const times = ["1700000000;1700001200", "1700000300;1700001500"];
    const signer = new Signer(sha1);
    const cases = Array.from({ length: 60 }, (_, index) => ({
      secret: secrets[index % 3] ?? "",
      time: times[index % 2] ?? "",
    }));
    const together = await Promise.all(
      cases.map(({ secret, time }) => signer.authorization({ SecretId, SecretKey: secret }, request(time))),
    );
    for (const [index, { secret, time }] of cases.entries()) {
      const alone = await new Signer().authorization({ SecretId, SecretKey: secret }, request(time));
      expect(together[index]).toBe(alone);
    }
    expect(new Set(together).size).toBe(6);
  });

  test("is the hex text of the first HMAC", async () => {
    const time = "1700000000;1700001200";
    const signKey = createHmac("sha1", SecretKey).update(time).digest("hex");
    const [line] = (await new Signer().authorization({ SecretId, SecretKey }, request(time)))
      .split("&")
      .slice(-1);
    const text = `put\n/exampleobject\n\nhost=${HOST}\n`;
    const sha1 = createHash("sha1").update(text).digest("hex");
    const signature = createHmac("sha1", signKey).update(`sha1\n${time}\n${sha1}\n`).digest("hex");
    expect(line).toBe(`q-signature=${signature}`);
  });
});
