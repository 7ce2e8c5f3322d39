import { describe, expect, it } from "vitest";
import { CredentialsError, findCredentials, requireCredentials } from "../src/credentials.ts";

const COS = { COS_SECRET_ID: "id-1", COS_SECRET_KEY: "key-1" };
const SDK = { TENCENTCLOUD_SECRET_ID: "id-2", TENCENTCLOUD_SECRET_KEY: "key-2" };

describe("findCredentials", () => {
  it("takes COS's own names first", () => {
    expect(findCredentials({ ...SDK, ...COS })).toEqual({
      SecretId: "id-1",
      SecretKey: "key-1",
      Token: undefined,
    });
  });

  it("falls back to the names of Tencent Cloud's SDKs", () => {
    const token = { TENCENTCLOUD_SESSION_TOKEN: "token-2" };
    expect(findCredentials({ ...SDK, ...token })).toEqual({
      SecretId: "id-2",
      SecretKey: "key-2",
      Token: "token-2",
    });
  });

  it.each(["COS_TOKEN", "COS_SESSION_TOKEN"])("reads the token from %s", (name) => {
    expect(findCredentials({ ...COS, [name]: "token-1" })?.Token).toBe("token-1");
  });

  it("does not mix a token of one pair with the keys of the other", () => {
    expect(findCredentials({ ...SDK, COS_TOKEN: "token-1" })?.Token).toBeUndefined();
  });

  it.each(["COS_SECRET_ID", "COS_SECRET_KEY"])(
    "reports %s as missing when only the other half is set",
    (missing) => {
      const half = { ...COS, [missing]: undefined };
      expect(() => findCredentials({ ...SDK, ...half })).toThrow(new RegExp(`^${missing} is not set`));
      expect(() => findCredentials({ ...SDK, ...COS, [missing]: "" })).toThrow(CredentialsError);
    },
  );

  it("reports the missing half of the SDKs' pair", () => {
    expect(() => findCredentials({ TENCENTCLOUD_SECRET_ID: "id-2" })).toThrow(
      /^TENCENTCLOUD_SECRET_KEY is not set/,
    );
  });

  it("prints no secret value", () => {
    expect(() => findCredentials({ COS_SECRET_KEY: "hush-hush" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hush-hush") }),
    );
  });

  it("finds no pair", () => {
    expect(findCredentials({ COS_SECRET_ID: "", COS_TOKEN: "token" })).toBeUndefined();
    expect(() => requireCredentials({})).toThrow(/COS_SECRET_ID and COS_SECRET_KEY/);
  });
});
