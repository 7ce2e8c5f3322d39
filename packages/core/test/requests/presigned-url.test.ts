import { describe, expect, test } from "vitest";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { vectors } from "../support/vectors.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

const SecretId = "AKIDEXAMPLEfakefakefakefakefakefake00";
const SecretKey = "fakeSecretKeyfakeSecretKeyfake00";

function clientAt(seconds: number, Token?: string) {
  const clock = new VirtualClock(seconds * 1000);
  const keys = { SecretId, SecretKey, ...(Token === undefined ? {} : { Token }) };
  return clientOf(scriptedWire(clock, []).runtime, clock, keys);
}

describe("getPresignedUrl()", () => {
  // As in Python's SDK, the validity starts a minute ago, everything is encoded and the token is signed.
  test.each(vectors.presigned["python-1.9.41"])(
    "equals the Python SDK's URL for $params",
    async ({ params, url }) => {
      const { Key, Method, Expired, Params, SignHost } = params;
      const cos = clientAt(1_700_000_060);
      expect(await cos.getPresignedUrl({ Bucket, Key, Method, Expired, Params, SignHost })).toBe(url);
    },
  );

  test("is valid from a minute back to Expired seconds from now, also when Expired is a string of digits", async () => {
    const cos = clientAt(1_700_000_060);
    const expired = "3600" as unknown as number;
    for (const Expired of [3600, expired]) {
      const url = new URL(await cos.getPresignedUrl({ Bucket, Key, Method: "PUT", Expired }));
      expect(url.searchParams.get("q-sign-time")).toBe("1700000000;1700003660");
    }
  });

  test("is valid for five minutes by default", async () => {
    const url = new URL(await clientAt(1_700_000_060).getPresignedUrl({ Bucket, Key, Method: "GET" }));
    expect(url.searchParams.get("q-key-time")).toBe("1700000000;1700000360");
  });

  test("carries the token encoded and signed", async () => {
    const Token = "fakeToken+/=abc";
    const url = new URL(
      await clientAt(1_700_000_060, Token).getPresignedUrl({ Bucket, Key, Method: "PUT", Expired: 600 }),
    );
    expect(url.searchParams.get("x-cos-security-token")).toBe(Token);
    const vector = vectors.presigned["python-1.9.41"].find(
      ({ params }) => params.Params?.["x-cos-security-token"] === Token,
    );
    expect(url.href).toBe(vector?.url);
  });

  test("signs the headers that its user must send", async () => {
    const Headers = { "Content-Type": "text/plain", "x-cos-acl": "private" };
    const url = new URL(
      await clientAt(1_700_000_060).getPresignedUrl({ Bucket, Key, Method: "PUT", Headers }),
    );
    expect(url.searchParams.get("q-header-list")).toBe("content-type;host;x-cos-acl");
  });

  test("signs every given header, also those that other requests do not sign", async () => {
    const cos = clientAt(1_700_000_060);
    const urlFor = async (language: string) => {
      const Headers = { "Content-Language": language, "X-Custom": " 1 ", date: "" };
      return new URL(await cos.getPresignedUrl({ Bucket, Key, Method: "PUT", Headers }));
    };
    const [german, padded, english] = await Promise.all(["de", " de ", "en"].map(urlFor));
    // Empty is absent to COS, and the white space around a value does not travel.
    expect(german?.searchParams.get("q-header-list")).toBe("content-language;host;x-custom");
    expect(padded?.href).toBe(german?.href);
    expect(english?.searchParams.get("q-signature")).not.toBe(german?.searchParams.get("q-signature"));
  });

  test("signs the host that the caller names, and signs it once", async () => {
    const cos = clientAt(1_700_000_060);
    const urlFor = async (Headers: Record<string, string>, SignHost: boolean) =>
      new URL(await cos.getPresignedUrl({ Bucket, Key, Method: "PUT", Headers, SignHost })).searchParams;
    const own = await urlFor({ Host: "cdn.example.com" }, true);
    expect(own.get("q-header-list")).toBe("host");
    expect(own.get("q-signature")).toBe(
      (await urlFor({ host: "cdn.example.com" }, false)).get("q-signature"),
    );
    expect(own.get("q-signature")).not.toBe((await urlFor({}, true)).get("q-signature"));
  });

  test.each(["", "a b", "ü", "a:"])("refuses %j as the name of a header", async (name) => {
    const work = clientAt(1_700_000_060).getPresignedUrl({
      Bucket,
      Key,
      Method: "PUT",
      Headers: { [name]: "x" },
    });
    await expect(work).rejects.toMatchObject({ name: "RangeError", parameter: "Headers" });
  });
});
