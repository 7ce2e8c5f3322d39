import { expect, test } from "vitest";
import { signedBy } from "../src/sign-request.ts";

const REQUEST = { Method: "PUT", Bucket: "b-1250000000", Key: "key", Query: {}, Headers: {} } as const;

test("takes the signature and the token, whatever else the server returns", async () => {
  const headers = {
    Authorization: "q-sign-algorithm=sha1",
    "x-cos-security-token": "t",
    host: "h",
    "x-other": "o",
  };
  await expect(signedBy(() => ({ headers }))(REQUEST)).resolves.toEqual({
    authorization: "q-sign-algorithm=sha1",
    "x-cos-security-token": "t",
  });
});

test("passes the request on, and waits for the signer", async () => {
  const asked: unknown[] = [];
  const sign = signedBy(async (request) => {
    asked.push(request);
    return { headers: { authorization: "signed" } };
  });
  await sign(REQUEST);
  expect(asked).toEqual([REQUEST]);
});

test.each([
  [undefined],
  [{}],
  [{ headers: {} }],
  [{ headers: { authorization: "" } }],
  [{ headers: { authorization: "a\nb" } }],
  [{ headers: { authorization: "a", "x-cos-security-token": "t\nu" } }],
  [{ headers: { authorization: "a", "x-cos-security-token": 5 } }],
])("refuses %j", async (returned) => {
  await expect(signedBy(() => returned as never)(REQUEST)).rejects.toThrow(
    /must return \{ headers \} with authorization/,
  );
});

test.each([null, undefined, ""])("sends no token that is %j", async (token) => {
  const headers = { authorization: "a", "x-cos-security-token": token };
  await expect(signedBy(() => ({ headers }) as never)(REQUEST)).resolves.toEqual({ authorization: "a" });
});

test("what the signer throws is the reason", async () => {
  const reason = new Error("403 of my server");
  await expect(signedBy(() => Promise.reject(reason))(REQUEST)).rejects.toBe(reason);
});
