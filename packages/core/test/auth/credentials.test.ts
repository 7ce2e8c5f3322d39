import { describe, expect, test } from "vitest";
import { CredentialCache, type Credentials, checkCredentials } from "../../src/auth/credentials.ts";
import { caught, thrown } from "../support/caught.ts";

/** Milliseconds since the epoch. */
const START = 1_700_000_000_000;
const pair = { SecretId: "id", SecretKey: "key" };

describe("CredentialCache", () => {
  test("calls the provider once for all requests that wait, and keeps what does not expire", async () => {
    let asked = 0;
    const cache = new CredentialCache(
      async () => ({ ...pair, SecretId: `id${++asked}` }),
      () => 0,
      true,
    );
    const all = await Promise.all([cache.get(), cache.get(), cache.get()]);
    expect(all.map(({ SecretId }) => SecretId)).toEqual(["id1", "id1", "id1"]);
    expect((await cache.get()).SecretId).toBe("id1");
  });

  test("asks again when the call that waited for a silent provider was aborted", async () => {
    const results = [new Promise<Credentials>(() => {}), pair];
    const cache = new CredentialCache(
      () => results.shift() ?? pair,
      () => START,
      true,
    );
    const controller = new AbortController();
    const waiting = cache.get(controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await cache.get()).toBe(pair);
  });

  test("calls again one minute before the credentials expire", async () => {
    let now = START;
    let asked = 0;
    const provider = (): Credentials => {
      asked += 1;
      return { ...pair, expiresAt: now + 3_600_000 };
    };
    const cache = new CredentialCache(provider, () => now, true);
    await cache.get();
    now = START + 3_539_999;
    await cache.get();
    expect(asked).toBe(1);
    now = START + 3_540_000;
    await cache.get();
    expect(asked).toBe(2);
  });

  test("calls again after three quarters of the time when they last for seconds", async () => {
    let now = START;
    let asked = 0;
    const provider = (): Credentials => {
      asked += 1;
      return { ...pair, expiresAt: now + 8_000 };
    };
    const cache = new CredentialCache(provider, () => now, true);
    await cache.get();
    now = START + 5_999;
    await cache.get();
    expect(asked).toBe(1);
    now = START + 6_000;
    await cache.get();
    expect(asked).toBe(2);
  });

  test.each([
    ["seconds, as STS gives ExpiredTime", (START + 3_600_000) / 1000],
    ["seconds as digits", String((START + 3_600_000) / 1000)],
    ["milliseconds", START + 3_600_000],
    ["milliseconds as digits", String(START + 3_600_000)],
    ["a date of ISO 8601, as STS gives Expiration", new Date(START + 3_600_000).toISOString()],
    ["a Date", new Date(START + 3_600_000)],
  ])("calls once, and again one minute before the end, when expiresAt is in %s", async (_, expiresAt) => {
    let now = START;
    let asked = 0;
    const provider = (): Credentials => {
      asked += 1;
      return { ...pair, expiresAt };
    };
    const cache = new CredentialCache(provider, () => now, true);
    await cache.get();
    now = START + 3_539_999;
    await cache.get();
    expect(asked).toBe(1);
    now = START + 3_540_000;
    await cache.get();
    expect(asked).toBe(2);
  });

  test("calls once a minute when the returned credentials have expired", async () => {
    let now = START;
    let asked = 0;
    const provider = (): Credentials => {
      asked += 1;
      return { ...pair, expiresAt: START / 1000 - 10 };
    };
    const cache = new CredentialCache(provider, () => now, true);
    for (; now < START + 60_000; now += 1_000) await cache.get();
    expect(asked).toBe(1);
    await cache.get();
    expect(asked).toBe(2);
    expect(cache.hint).toContain("had expired at 2023-11-14T22:13:10.000Z");
  });

  test.each([
    Number.NaN,
    7200,
    "7200",
    -1,
    "tomorrow",
    "2026-13-01T00:00:00Z",
    {},
    true,
    new Date(Number.NaN),
  ])("refuses an expiresAt of %j", async (expiresAt) => {
    const cache = new CredentialCache(
      () => ({ ...pair, expiresAt: expiresAt as number }),
      () => START,
      true,
    );
    const error = await caught(Promise.resolve(cache.get()));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toMatch(/credentials: must give expiresAt as Unix time in seconds/);
  });

  test("takes null for no token and no expiry", async () => {
    const cache = new CredentialCache(
      () => ({ ...pair, Token: null, expiresAt: null }),
      () => START,
      true,
    );
    expect(await cache.get()).toEqual({ ...pair, Token: null, expiresAt: null });
  });

  test("invalidate() removes only the refused credentials", async () => {
    let asked = 0;
    const cache = new CredentialCache(
      () => ({ ...pair, SecretId: `id${++asked}` }),
      () => 0,
      true,
    );
    const first = await cache.get();
    cache.invalidate(first);
    const second = await cache.get();
    cache.invalidate(first);
    expect(await cache.get()).toBe(second);
    expect(asked).toBe(2);
  });

  test.each([
    ["rejects", async (): Promise<Credentials> => Promise.reject(new Error("vault is sealed"))],
    [
      "throws at once",
      (): Credentials => {
        throw new Error("vault is sealed");
      },
    ],
  ])("calls again after a provider that %s", async (_, failing) => {
    let broken = true;
    const cache = new CredentialCache(
      () => (broken ? failing() : pair),
      () => 0,
      true,
    );
    expect(await caught(Promise.resolve(cache.get()))).toMatchObject({ message: "vault is sealed" });
    broken = false;
    expect(await cache.get()).toEqual(pair);
  });
});

describe("checkCredentials()", () => {
  test.each([
    [undefined, "credentials"],
    [null, "credentials"],
    ["id:key", "credentials"],
    [{ SecretId: "id" }, "SecretKey"],
    [{ SecretKey: "key" }, "SecretId"],
    [{ SecretId: "", SecretKey: "key" }, "SecretId"],
    [{ SecretId: "id", SecretKey: "with space" }, "SecretKey"],
    [{ SecretId: "id\r\nx: y", SecretKey: "key" }, "SecretId"],
    [{ ...pair, Token: "line\nbreak" }, "Token"],
    [{ ...pair, Token: 1 }, "Token"],
  ])("refuses %j naming %s", (value, parameter) => {
    const error = thrown(() => checkCredentials(value as unknown as Credentials, "credentials"));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toMatch(new RegExp(`^${parameter}: must `));
  });

  test("never repeats a value in its message", () => {
    const error = thrown(() =>
      checkCredentials({ SecretId: "id", SecretKey: "canary canary" }, "credentials"),
    );
    expect(String(error)).not.toContain("canary");
  });
});
