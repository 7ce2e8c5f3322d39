import { describe, expect, it } from "vitest";
import { formatLock, LOCK_ABANDONED_MS, LOCK_HEARTBEAT_MS, parseLock } from "../../src/files/lock-format.ts";

describe("parseLock()", () => {
  const owner = { pid: 1, hostname: "here", token: "0123456789abcdef0123456789abcdef" };

  it("reads locks with all fields, and older ones with fewer", () => {
    expect(parseLock(JSON.stringify(owner))).toEqual(owner);
    expect(parseLock(JSON.stringify({ ...owner, token: "a" }))).toMatchObject({ token: "a" });
  });

  it.each<[string, unknown]>([
    ["pid 0, which would be this process's group", { ...owner, pid: 0 }],
    ["a negative pid, which would be a group", { ...owner, pid: -1 }],
    ["a pid as text", { ...owner, pid: "1" }],
    ["a broken pid", { ...owner, pid: 1.5 }],
    ["no hostname", { ...owner, hostname: undefined }],
    ["a hostname that is a number", { ...owner, hostname: 5 }],
    ["no token", { ...owner, token: undefined }],
    ["an empty token", { ...owner, token: "" }],
    ["a token that begins like none", { ...owner, token: "../a" }],
    ["a token that ends like none", { ...owner, token: "a/../b" }],
    ["a token that is too long for a name", { ...owner, token: "a".repeat(33) }],
    ["null", null],
    ["text", "pid"],
  ])("of %s is undefined", (_, value) => {
    expect(parseLock(JSON.stringify(value))).toBeUndefined();
  });
});

describe("formatLock()", () => {
  it("begins with the fields by which a folder upload recognises a lock, in any order of the input", () => {
    const text = formatLock({ token: "ab", startedAt: "", hostname: "", advisory: true, pid: 7 });
    expect(text).toBe('{"pid":7,"hostname":"","token":"ab","startedAt":"","advisory":true}');
  });
});

it("a lock is abandoned after a minute, in which its holder has written to it four times", () => {
  expect([LOCK_ABANDONED_MS, LOCK_ABANDONED_MS / LOCK_HEARTBEAT_MS]).toEqual([60_000, 4]);
});
