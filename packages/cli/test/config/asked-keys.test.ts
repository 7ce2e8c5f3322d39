import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { keysOfProcess, type ProcessCommand } from "../../src/config/credential-process.ts";
import { keysOfRole } from "../../src/config/cvm-role.ts";
import { AskedCredentials } from "../../src/config/key-source.ts";
import { readTemporaryKeys } from "../../src/config/temporary-keys.ts";

const STS = { TmpSecretId: "id", TmpSecretKey: "HUSH", Token: "token" };

describe("temporary keys in JSON", () => {
  const KEYS = { SecretId: "id", SecretKey: "HUSH", Token: "token" };
  it.each<[string, object, object]>([
    [
      "of COS",
      { ...KEYS, Expiration: "2030-01-01T00:00:00Z" },
      { ...KEYS, expiresAt: "2030-01-01T00:00:00Z" },
    ],
    ["of STS", { Credentials: STS, ExpiredTime: 1893456000 }, { ...KEYS, expiresAt: 1893456000 }],
    [
      "of the metadata server",
      { ...STS, ExpiredTime: 1893456000, Code: "Success" },
      { ...KEYS, expiresAt: 1893456000 },
    ],
    [
      "of AWS",
      { Version: 1, AccessKeyId: "id", SecretAccessKey: "HUSH", SessionToken: "token" },
      { ...KEYS, expiresAt: undefined },
    ],
    ["that last", { SecretId: "id", SecretKey: "HUSH" }, { ...KEYS, Token: undefined, expiresAt: undefined }],
  ])("%s", (_what, json, keys) => expect(readTemporaryKeys(JSON.stringify(json), "it")).toEqual(keys));

  it.each([
    ["HUSH", /it is not JSON/],
    [`["HUSH"]`, /it is not a JSON object/],
    [`{"SecretKey":"HUSH"}`, /it has no SecretId and SecretKey/],
    [`{"SecretId":1,"SecretKey":"HUSH"}`, /it has no SecretId and SecretKey/],
    [`{"SecretId":"id","SecretKey":"HUSH","Token":1}`, /Token that is no text/],
    [`{"SecretId":"id","SecretKey":"HUSH","Expiration":"1 Jan 2030 HUSH"}`, /neither an ISO 8601 time/],
    [`{"SecretId":"id","SecretKey":"HUSH","Expiration":"HUSH"}`, /neither an ISO 8601 time/],
  ])("refuses %s", (text, says) => {
    expect(() => readTemporaryKeys(text, "it")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(says) }),
    );
    expect(() => readTemporaryKeys(text, "it")).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching(/HUSH/) }),
    );
  });
});

describe("credential_process", () => {
  const node = (code: string): ProcessCommand => [process.execPath, "-e", code];
  const print = node(`console.log(${JSON.stringify(JSON.stringify(STS))})`);

  it("gives the keys that a program prints, and those of a command of the shell", async () => {
    expect(await keysOfProcess(print, "it")).toMatchObject({ SecretId: "id", Token: "token" });
    expect(await keysOfProcess(`echo '${JSON.stringify(STS)}' | cat`, "it")).toMatchObject({
      SecretId: "id",
    });
  });

  it.each<[string, ProcessCommand, RegExp]>([
    [
      "a missing program",
      ["no-such-program"],
      /^it names the program 'no-such-program', which was not found(, or may not be executed)?$/,
    ],
    [
      "a file that is no program",
      ["/etc/passwd"],
      /^it names the program '\/etc\/passwd', which may not be executed$/,
    ],
    [
      "a missing program of the shell",
      "no-such-program 2>/dev/null",
      /exit code 127: the shell did not find/,
    ],
    ["a path through a file", ["/etc/passwd/x"], /^it cannot be started: ENOTDIR$/],
    [
      "a file that the shell may not execute",
      "/etc/passwd 2>/dev/null",
      /^it failed with exit code 126: the shell may not execute the program$/,
    ],
    ["a failure", "exit 3", /^it failed with exit code 3$/],
    ["a signal", "kill -9 $$", /^it was ended by SIGKILL$/],
    ["a megabyte", "head -c 1000000 /dev/zero 2>/dev/null", /^it printed more than 64 KiB$/],
    ["no end to it", "yes 2>/dev/null", /^it printed more than 64 KiB$/],
    ["nothing", "true", /^the output of it is not JSON$/],
  ])("refuses %s", async (_what, command, says) => {
    await expect(keysOfProcess(command, "it")).rejects.toMatchObject({
      name: "CredentialsError",
      message: expect.stringMatching(says),
    });
  });

  it("ends a program that hangs, and what it has started", async () => {
    await expect(keysOfProcess("sleep 61 & sleep 61", "it", 50)).rejects.toThrow(
      /^it did not end within 0.05 s$/,
    );
    await expect(
      keysOfProcess([process.execPath, "-e", "setTimeout(() => {}, 60_000)"], "it", 50),
    ).rejects.toThrow(/did not end/);
    expect(execFileSync("ps", ["-eo", "args"]).toString()).not.toMatch(/^sleep 61$/m);
    expect(process.listeners("exit").filter((each) => each.name === "stop")).toEqual([]);
  });
});

describe("the role of a CVM instance", () => {
  let server: Server;
  let url = "";
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer(({ url: path = "" }, response) => {
      asked.push(path);
      if (path.endsWith("/none")) response.writeHead(404).end("HUSH");
      else if (path.endsWith("/moved")) response.writeHead(302, { location: "/elsewhere" }).end();
      else if (path.endsWith("/broken")) response.writeHead(500).end("HUSH");
      else if (path.endsWith("/text")) response.end("HUSH");
      else if (!path.endsWith("/slow"))
        response.end(JSON.stringify({ ...STS, ExpiredTime: 1893456000, Code: "Success" }));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("gives the keys of the metadata server", async () => {
    expect(await keysOfRole("my role", url)).toMatchObject({ SecretId: "id", expiresAt: 1893456000 });
    expect(asked.at(-1)).toBe("/latest/meta-data/cam/security-credentials/my%20role");
  });

  it.each([
    ["none", /knows no such role/],
    ["moved", /cannot be reached/],
    ["broken", /status 500/],
    ["text", /is not JSON/],
    ["slow", /no response within 0.05 s/],
  ])("refuses %s", async (role, says) => {
    const error: Error = await keysOfRole(role, url, role === "slow" ? 50 : undefined).catch(
      (reason) => reason,
    );
    expect(error).toMatchObject({ name: "CredentialsError", message: expect.stringMatching(says) });
    expect(error.message).not.toContain("HUSH");
  });

  it("says that what should be its URL is none", async () => {
    await expect(keysOfRole("r", "nonsense")).rejects.toThrow(/^COSUP_METADATA_URL must be the URL of a/);
  });

  it("says that there is no such server", async () => {
    await expect(keysOfRole("r", "http://127.0.0.1:1")).rejects.toThrow(
      /127.0.0.1:1 cannot be reached .*only inside Tencent/,
    );
  });
});

describe("AskedCredentials", () => {
  const KEYS = { SecretId: "id", SecretKey: "key" };

  it("gives the client what was asked for early, once", async () => {
    const ask = vi.fn(async () => KEYS);
    const keys = new AskedCredentials(ask);
    await keys.early(new AbortController().signal);
    expect(await keys.provider()).toBe(KEYS);
    expect(ask).toHaveBeenCalledTimes(1);
    await keys.provider();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("stops waiting when it is interrupted", async () => {
    const keys = new AskedCredentials(() => new Promise(() => {}));
    const controller = new AbortController();
    const waiting = keys.early(controller.signal);
    controller.abort(new Error("interrupted"));
    await expect(waiting).rejects.toThrow("interrupted");
    await expect(keys.early(controller.signal)).rejects.toThrow("interrupted");
  });

  it("repeats a failure for a minute, and then asks again", async () => {
    let now = 0;
    const ask = vi.fn(async () => Promise.reject(new Error("locked")));
    const keys = new AskedCredentials(ask, () => now);
    for (let i = 0; i < 3; i += 1) await expect(keys.provider()).rejects.toThrow("locked");
    expect(ask).toHaveBeenCalledTimes(1);
    now = 60_000;
    await expect(keys.provider()).rejects.toThrow("locked");
    expect(ask).toHaveBeenCalledTimes(2);
  });
});
