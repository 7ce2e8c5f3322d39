import os from "node:os";
import { sep } from "node:path";
import { CheckpointError } from "@cosup/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defaultCheckpointDirectory } from "../src/checkpoints/default-directory.ts";
import { caught } from "./caught.ts";

const found = { home: (): string => "", user: (): string => "" };

beforeEach(() => {
  vi.spyOn(os, "homedir").mockImplementation(() => found.home());
  // Only its home directory is read.
  vi.spyOn(os, "userInfo").mockImplementation(() => ({ homedir: found.user() }) as os.UserInfo<string>);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const none = (): string => {
  throw new Error("ENOENT: no such user");
};

it.skipIf(process.platform === "win32").each([
  ["HOME", () => "/home/one", () => "/home/two", "/home/one"],
  ["the user database, where HOME is relative", () => "one", () => "/home/two", "/home/two"],
  ["the user database, where HOME is empty", () => "", () => "/home/two", "/home/two"],
  ["the user database, where HOME cannot be found", none, () => "/home/two", "/home/two"],
])("the home directory is that of %s", (_, home, user, expected) => {
  Object.assign(found, { home, user });
  const lookup = { env: {}, platform: "linux" } as const;
  expect(defaultCheckpointDirectory(lookup)).toBe(`${expected}/.local/state/cosup`);
});

it("the directory on Windows is that of local application data", () => {
  const env = { LOCALAPPDATA: "/local", XDG_STATE_HOME: "/state" };
  expect(defaultCheckpointDirectory({ env, platform: "win32" })).toBe(`/local${sep}cosup`);
});

it.each([
  ["both are relative", () => "one", () => "two"],
  ["there is no such user", none, none],
])("there is no directory for checkpoints when %s", async (_, home, user) => {
  Object.assign(found, { home, user });
  const lookUp = async (): Promise<string> => defaultCheckpointDirectory({ env: {}, platform: "linux" });
  const error = await caught(lookUp());
  expect(error).toBeInstanceOf(CheckpointError);
  expect(error).toMatchObject({ code: "checkpoint-unusable" });
});

it.skipIf(process.platform === "win32")(
  "without a lookup, environment and platform are the process's",
  () => {
    vi.stubEnv("LOCALAPPDATA", "/local");
    vi.stubEnv("XDG_STATE_HOME", "/state");
    expect(defaultCheckpointDirectory()).toBe("/state/cosup");
  },
);
