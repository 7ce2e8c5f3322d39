import { networkInterfaces } from "node:os";
import { beforeEach, describe, expect, test } from "vitest";
import { type RunningEmulator, startEmulator } from "../../src/index.ts";
import { BUCKET, closeLater, put, start, useEmulators } from "../state-rig.ts";
import { ask, CONSOLE, cookieOf, data } from "./console-rig.ts";

useEmulators();
let emulator: RunningEmulator;
let log: string[];
let cookie: string;
beforeEach(async () => {
  log = [];
  emulator = await start({ log: (line) => log.push(line) });
  cookie = await cookieOf(emulator);
  log.length = 0;
});

/** A request of each purpose that is allowed, but for its headers. */
const purposes = (): [name: string, path: string, headers: Record<string, string>][] => [
  ["page", CONSOLE, { cookie }],
  ["page with the token", `${CONSOLE}?token=${emulator.controlToken}`, {}],
  ["file", `${CONSOLE}/main.js`, { cookie }],
  ["data", `${CONSOLE}/api/buckets`, { "x-cosup-token": emulator.controlToken }],
];

const statuses = async (more: Record<string, string>): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const [name, path, headers] of purposes()) {
    found[name] = (await ask(emulator, path, { headers: { ...headers, ...more } })).status;
  }
  return found;
};
const ALL = (status: number) => ({ page: status, "page with the token": status, file: status, data: status });

describe("the console", () => {
  test("opens with the token, and again with the cookie", async () => {
    expect(await statuses({})).toEqual(ALL(200));
    expect(await statuses({ origin: `http://127.0.0.1:${emulator.port}` })).toEqual(ALL(200));
    expect(await statuses({ "sec-fetch-site": "same-origin" })).toEqual(ALL(200));
    expect(await statuses({ "sec-fetch-site": "none" })).toEqual(ALL(200));
  });

  test("refuses requests without the token, or with another", async () => {
    for (const path of [
      CONSOLE,
      `${CONSOLE}/`,
      `${CONSOLE}?token=`,
      `${CONSOLE}?token=wrong`,
      `${CONSOLE}/main.js`,
    ]) {
      expect([path, (await ask(emulator, path)).status]).toEqual([path, 403]);
    }
    const wrong = { cookie: cookie.replace(/=.*/, "=0"), "x-cosup-token": "wrong" };
    expect((await ask(emulator, CONSOLE, { headers: wrong })).status).toBe(403);
    for (const name of ["buckets", "uploads", "live", "faults", "nothing"]) {
      expect((await data(emulator, name, { headers: wrong })).status).toBe(403);
      // Objects may be web pages of this origin: they have the cookie.
      expect((await ask(emulator, `${CONSOLE}/api/${name}`, { headers: { cookie } })).status).toBe(403);
      const inAddress = `${CONSOLE}/api/${name}?token=${emulator.controlToken}`;
      expect((await ask(emulator, inAddress, { headers: { cookie } })).status).toBe(403);
    }
    expect((await ask(emulator, `${CONSOLE}/api/sign`, { method: "POST", body: "{}" })).status).toBe(403);
  });

  test("another emulator's token and cookie are refused", async () => {
    const other = await start({});
    expect((await ask(other, `${CONSOLE}?token=${emulator.controlToken}`)).status).toBe(403);
    const value = cookie.replace(/^[^=]*/, `cosup-console-${other.port}`);
    expect((await ask(other, CONSOLE, { headers: { cookie: value } })).status).toBe(403);
    expect((await ask(emulator, CONSOLE, { headers: { cookie: `a=b; ${cookie}; c=d` } })).status).toBe(200);
  });

  test.each(["rebound.example", `rebound.example:9000`, "10.0.0.1", "localhost.example"])(
    "refuses the Host %s",
    async (host) => {
      expect(await statuses({ host })).toEqual(ALL(403));
    },
  );

  test("accepts the names of this machine", async () => {
    for (const host of ["localhost", "[::1]", "cos.localhost"]) {
      // The cookie's name has the port.
      expect(await statuses({ host: `${host}:${emulator.port}` })).toEqual(ALL(200));
    }
  });

  test.each([
    ["origin", "https://page.test"],
    ["origin", "null"],
    ["origin", "http://127.0.0.1:1"],
    ["origin", "http://localhost"],
  ])("refuses %s %s", async (name, value) => {
    expect(await statuses({ [name]: value })).toEqual(ALL(403));
  });

  test.each(["cross-site", "same-site"])("refuses what a page of another origin sends: %s", async (site) => {
    expect(await statuses({ "sec-fetch-site": site })).toEqual({ ...ALL(403), "page with the token": 200 });
  });

  test("a method that would change something is refused", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect((await ask(emulator, CONSOLE, { method, headers: { cookie } })).status).toBe(405);
      expect((await data(emulator, "buckets", { method })).status).toBe(405);
    }
  });

  test("no path leads out of its folder", async () => {
    for (const name of [
      "../index.js",
      "..%2findex.js",
      "%2e%2e/index.js",
      "main.js.map",
      "chunk",
      "index.html/x",
    ]) {
      expect((await ask(emulator, `${CONSOLE}/${name}`, { headers: { cookie } })).status).toBe(404);
    }
  });

  test("other machines are refused", async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal);
    if (!outside) return;
    const open = await start({ host: "0.0.0.0", credentials: [{ secretId: "ID", secretKey: "KEY" }] });
    const response = await fetch(
      `http://${outside.address}:${open.port}${CONSOLE}?token=${open.controlToken}`,
    );
    expect([response.status, await response.text()]).toEqual([403, "only from this machine\n"]);
  });

  test("on the host of a bucket it is an ordinary key", async () => {
    await put(emulator, CONSOLE.slice(1), "an object");
    const host = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
    expect((await ask(emulator, CONSOLE, { headers: { host } })).text).toBe("an object");
  });
});

test("the page runs no script of others, and is in no frame", async () => {
  const { headers } = await ask(emulator, CONSOLE, { headers: { cookie } });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  expect(policy).toMatch(/; style-src 'sha256-[\w+/]{43}='$/);
  expect(policy).not.toMatch(/https?:|\*|data:/);
  expect(headers).toMatchObject({
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
});

test("the cookie is for the page alone", async () => {
  const { headers } = await ask(emulator, `${CONSOLE}?token=${emulator.controlToken}`);
  const [set = ""] = headers["set-cookie"] ?? [];
  expect(set).toMatch(/^cosup-console-\d+=[0-9a-f]{64}; Path=\/_cosup\/console; HttpOnly; SameSite=Strict$/);
  expect(set).not.toContain(emulator.controlToken);
});

test("the token is in no log line and in no entry, also when it is refused", async () => {
  const token = emulator.controlToken;
  await ask(emulator, `${CONSOLE}?token=${token}`);
  await ask(emulator, `${CONSOLE}?token=${token}`, { headers: { host: "rebound.example" } });
  await ask(emulator, `${CONSOLE}/api/buckets?token=${token}`, { headers: { cookie } });
  await data(emulator, "nothing");
  expect(log).toEqual([
    "403 - GET /_cosup/console",
    "403 - GET /_cosup/console/api/buckets",
    "404 - GET /_cosup/console/api/nothing",
  ]);
  expect(JSON.stringify(emulator.requests())).not.toContain(token);
  expect(emulator.requests()).toHaveLength(3);
});

test("consoleUrl is an address that a browser of this machine can open", async () => {
  const credentials = [{ secretId: "ID", secretKey: "KEY" }];
  const controlToken = "a&b=c#d?e%";
  for (const host of ["127.0.0.1", "localhost", "0.0.0.0"]) {
    const each = await startEmulator({ host, credentials, controlToken });
    closeLater(each);
    expect(each.consoleUrl).toMatch(/^http:\/\/(127\.0\.0\.1|localhost):\d+\/_cosup\/console\?token=/);
    expect((await fetch(each.consoleUrl ?? "")).status).toBe(200);
  }
});
