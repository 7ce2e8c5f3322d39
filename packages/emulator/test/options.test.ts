import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createEmulator,
  type EmulatorOptions,
  OptionRangeError,
  OptionTypeError,
  type StartOptions,
  startEmulator,
} from "../src/index.ts";

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-emulator-"));
});
afterAll(() => rm(data, { recursive: true, force: true }));

const valid = (): EmulatorOptions => ({ data, buckets: ["a-1"], credentials: [] });
const PAIR = { secretId: "ID", secretKey: "the-secret" };
/** Valid, but for what a test adds. */
const VALID = { data: "unused", buckets: ["a-1"], credentials: [] };
const pairs = (...credentials: unknown[]): unknown => ({ ...VALID, credentials });

describe("a wrong option is refused by an error that names it and what is accepted", () => {
  test.each<[string, unknown, string, RegExp]>([
    ["null", null, "options", /data, buckets, credentials/],
    ["a number as data", { data: 5 }, "data", /is 5; accepted: the path of a directory/],
    ["no credentials for all addresses", { host: "0.0.0.0" }, "credentials", /no default keys/],
    ["no credentials for a name", { host: "build.example" }, "credentials", /host build.example/],
    ["an unknown option", { ...VALID, bucket: "a-1" }, "bucket", /is not known; accepted: .*buckets/],
    ["a bucket as text", { ...VALID, buckets: "a-1" }, "buckets", /is "a-1"; accepted: an array/],
    ["a port as text", { ...VALID, port: "9000" }, "port", /is "9000"; .*0 to 65535/],
    ["log: true", { ...VALID, log: true }, "log", /is true; accepted: a function/],
    ["one middleware", { ...VALID, middleware: () => {} }, "middleware", /array of functions/],
    ["anonymous: 1", { ...VALID, anonymous: 1 }, "anonymous", /true or false/],
    ["faults: {}", { ...VALID, faults: {} }, "faults", /array of instructions/],
    ["a key as text", pairs("ID:the-secret"), "credentials[0]", /is of type string/],
    ["no secretKey", pairs({ secretId: "a" }), "credentials[0].secretKey", /is missing/],
    ["a wrong field", pairs({ ...PAIR, Token: "t" }), "credentials[0].Token", /token/],
    ["a date", pairs(PAIR, { ...PAIR, expiresAt: "x" }), "credentials[1].expiresAt", /epoch/],
    ["no date", pairs({ ...PAIR, expiresAt: new Date("x") }), "credentials[0].expiresAt", /a Date/],
  ])("%s", async (_name, wrong, option, message) => {
    const options = wrong as StartOptions;
    const error = await startEmulator(options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OptionTypeError);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ option, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("the-secret");
    expect(() => createEmulator(options as EmulatorOptions)).toThrow(OptionTypeError);
  });

  test.each<[string, Partial<StartOptions>, string]>([
    ["a port above the last", { port: 65_536 }, "port"],
    ["half a port", { port: 1.5 }, "port"],
    ["a negative size", { minPartSize: -1 }, "minPartSize"],
    ["an odd region", { region: "../x" }, "region"],
    ["no host", { host: "" }, "host"],
    ["brackets around an address", { host: "[::1]" }, "host"],
    ["a short token", { controlToken: "x" }, "controlToken"],
    ["an empty secret", { credentials: [{ secretId: "a", secretKey: "" }] }, "credentials[0].secretKey"],
    ["seconds", { credentials: [{ ...PAIR, expiresAt: 1_764_000_000 }] }, "credentials[0].expiresAt"],
    ["an id with &", { credentials: [{ secretId: "a&b", secretKey: "k" }] }, "credentials[0].secretId"],
    ["a path", { buckets: ["a-1", "../evil-1"] }, "buckets[1]"],
    ["capitals", { buckets: ["UPPER-1"] }, "buckets[0]"],
    ["no appid", { buckets: ["noappid"] }, "buckets[0]"],
  ])("%s", async (_name, wrong, option) => {
    const error = await startEmulator({ ...valid(), ...wrong }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OptionRangeError);
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ option, message: expect.stringContaining("; accepted: ") });
  });

  test("before anything is written", async () => {
    const other = join(data, "other");
    await expect(startEmulator({ ...valid(), data: other, port: -1 })).rejects.toThrow(OptionRangeError);
    expect(await readdir(data)).not.toContain("other");
  });
});

test("an option that is undefined is not given", async () => {
  const options = { ...valid(), port: undefined, host: undefined, now: undefined, faults: undefined };
  const emulator = await startEmulator(options as unknown as StartOptions);
  expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
  expect((await fetch(emulator.url)).headers.get("date")).not.toBeNull();
  await emulator.close();
});

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const socket = connect({ host: "::1", port: 1 });
  socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
});

test.runIf(hasIpv6)("the URL of an IPv6 address has brackets", async () => {
  const emulator = await startEmulator({ ...valid(), anonymous: true, host: "::1", faults: true });
  expect(emulator.url).toBe(`http://[::1]:${emulator.port}`);
  expect((await fetch(`${emulator.url}/a-1/k`, { method: "PUT", body: "x" })).status).toBe(200);
  const headers = { "x-cosup-token": emulator.controlToken };
  const control = await fetch(`${emulator.url}/_cosup/faults/r`, { method: "PUT", body: "[]", headers });
  expect(control.status).toBe(200);
  await emulator.close();
});
