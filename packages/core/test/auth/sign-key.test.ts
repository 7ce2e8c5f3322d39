import { createHash, createHmac } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { ServerClock } from "../../src/auth/server-clock.ts";
import { Signer } from "../../src/auth/sign.ts";
import { signedHeaders } from "../../src/auth/signed-headers.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const keyTime = "1700000000;1700000900";
const request = { method: "GET", pathname: "/key", query: [], headers: [], keyTime } as const;
const key = { SecretId: "id", SecretKey: "secret" };

/** Node's SHA-1, which counts how many keys it derives. */
function sha1() {
  let hmacs = 0;
  return {
    digest: (text: string) => createHash("sha1").update(text).digest("hex"),
    hmac: (secret: string, text: string) => {
      hmacs += 1;
      return createHmac("sha1", secret).update(text).digest("hex");
    },
    hmacs: () => hmacs,
  };
}

test("the key of a secret and a time is derived once, by a synchronous SHA-1", async () => {
  const hash = sha1();
  const signer = new Signer(hash);
  await signer.authorization(key, request);
  expect(hash.hmacs()).toBe(2);
  await signer.authorization(key, request);
  expect(hash.hmacs()).toBe(3);
});

test("the key of a secret and a time is derived once, by WebCrypto", async () => {
  const imports = vi.spyOn(crypto.subtle, "importKey");
  const signer = new Signer();
  await signer.authorization(key, request);
  expect(imports).toHaveBeenCalledTimes(2);
  await signer.authorization(key, request);
  expect(imports).toHaveBeenCalledTimes(2);
});

test.each([
  ["another secret", { ...key, SecretKey: "other" }, request],
  ["another time", key, { ...request, keyTime: "1700000300;1700001200" }],
] as const)(
  "%s has a key of its own, the same with both implementations",
  async (_, otherKey, otherRequest) => {
    for (const hash of [sha1(), undefined]) {
      const signer = new Signer(hash);
      await signer.authorization(key, request);
      const fresh = await new Signer(sha1()).authorization(otherKey, otherRequest);
      expect(await signer.authorization(otherKey, otherRequest)).toBe(fresh);
      expect(await signer.authorization(key, request)).toBe(
        await new Signer(sha1()).authorization(key, request),
      );
    }
  },
);

test("a signer given a synchronous SHA-1 does not use WebCrypto", async () => {
  const digest = vi.spyOn(crypto.subtle, "digest");
  await new Signer(sha1()).authorization(key, request);
  expect(digest).not.toHaveBeenCalled();
});

test("the keys of WebCrypto cannot be read out again", async () => {
  const imports = vi.spyOn(crypto.subtle, "importKey");
  await new Signer().authorization(key, request);
  expect(imports.mock.calls.map(([, , , extractable]) => extractable)).toEqual([false, false]);
});

test.each(
  (
    "cache-control content-disposition content-encoding content-length content-md5 content-type expect expires host " +
    "if-match if-modified-since if-none-match if-unmodified-since origin range transfer-encoding pic-operations " +
    "x-cos-acl x-ci-process"
  ).split(" "),
)("%s is signed, as official SDKs do", (name) => {
  const upper = name.toUpperCase();
  expect(signedHeaders({ [name]: "v", [upper]: "v" })).toEqual([
    [name, "v"],
    [upper, "v"],
  ]);
});

test("a name is only signed for what it begins with", () => {
  expect(signedHeaders({ "my-x-cos-": "v", "my-x-ci-": "v" })).toEqual([]);
});

test("a signature for a given time is valid for it from the start of its five minutes, and a minute before", () => {
  // 1,700,000,100 is a multiple of 300.
  const clock = new ServerClock(new VirtualClock(1_700_000_100_000));
  expect(clock.keyTime(600)).toBe("1700000040;1700000700");
});

test("a difference of exactly 30 s is corrected", () => {
  const clock = new ServerClock(new VirtualClock(1_000_000));
  expect(clock.correct(1_030_000, 0)).toBe(true);
  expect(clock.now()).toBe(1_030_000);
});
