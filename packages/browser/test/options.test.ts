import { afterEach, describe, expect, test, vi } from "vitest";
import { coreOptions } from "../src/options.ts";

const REGION = { Region: "ap-guangzhou" };
const TEMPORARY = { SecretId: "AKID", SecretKey: "key", Token: "token" };

afterEach(() => vi.unstubAllGlobals());

describe("keys in a page", () => {
  test("a SecretKey without a Token is refused, and its value is not in the message", () => {
    const given = { ...REGION, SecretId: "AKID", SecretKey: "the-secret" };
    expect(() => coreOptions(given)).toThrow(/SecretKey: without a Token must not be in a web page/);
    expect(() => coreOptions(given)).toThrow(expect.not.stringContaining("the-secret"));
  });

  test("it is accepted with allowLongTermKeys", () => {
    const given = { ...REGION, SecretId: "AKID", SecretKey: "key" };
    expect(coreOptions({ ...given, allowLongTermKeys: true })).toEqual(given);
  });

  test("a temporary key is accepted", () => {
    expect(coreOptions({ ...REGION, ...TEMPORARY })).toEqual({ ...REGION, ...TEMPORARY });
  });

  test("a provider that returns a long-term key is refused when it does", async () => {
    const { credentials } = coreOptions({
      ...REGION,
      credentials: () => ({ SecretId: "AKID", SecretKey: "key" }),
    });
    await expect(credentials?.()).rejects.toThrow(TypeError);
    const temporary = coreOptions({ ...REGION, credentials: () => TEMPORARY });
    await expect(temporary.credentials?.()).resolves.toBe(TEMPORARY);
  });

  test.each(["SecretId", "SecretKey", "Token", "credentials"])("signRequest excludes %s", (name) => {
    const given = { ...REGION, signRequest: () => ({ headers: {} }), [name]: "x" };
    expect(() => coreOptions(given)).toThrow(`excludes ${name}`);
  });

  test("signRequest is for one host", () => {
    expect(coreOptions({ ...REGION, signRequest: () => ({ headers: {} }) })).toMatchObject({
      backupDomain: false,
    });
  });

  test.each([
    ["allowLongTermKeys", "yes"],
    ["signRequest", "https://example.com/sign"],
  ])("a wrong %s is refused by name", (name, value) => {
    expect(() => coreOptions({ ...REGION, ...TEMPORARY, [name]: value })).toThrow(name);
  });
});

test("a page without a secure context is refused", () => {
  vi.stubGlobal("isSecureContext", false);
  expect(() => coreOptions({ ...REGION, ...TEMPORARY })).toThrow(/loaded by https, or from localhost/);
});
