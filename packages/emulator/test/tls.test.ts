import { X509Certificate } from "node:crypto";
import { request } from "node:https";
import type { SecureVersion } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { type RunningEmulator, type StartOptions, startEmulator } from "../src/index.ts";
import { createServerCertificate } from "../src/tls/certificate.ts";
import { authorize, KEYS } from "./requests.ts";

const HOSTS = [
  "localhost",
  "a.localhost",
  "127.0.0.1",
  "::1",
  "fe80::1:2",
  "2001:db8::",
  "*.cos.ap-guangzhou.myqcloud.com",
];

describe("a server certificate", () => {
  const made = createServerCertificate(HOSTS, Date.now());
  const [server, authority] = [new X509Certificate(made.cert), new X509Certificate(made.ca)];

  test("is signed by its authority, which is one", () => {
    expect(server.verify(authority.publicKey)).toBe(true);
    expect(server.checkIssued(authority)).toBe(true);
    expect([server.ca, authority.ca]).toEqual([false, true]);
    expect(authority.verify(authority.publicKey)).toBe(true);
  });

  test.each([
    ["localhost", true],
    ["a.localhost", true],
    ["b-1250000000.cos.ap-guangzhou.myqcloud.com", true],
    ["example.com", false],
    ["cos.ap-guangzhou.myqcloud.com", false],
  ])("is for the host %s: %s", (host, valid) => {
    expect(server.checkHost(host) !== undefined).toBe(valid);
  });

  test.each([
    ["127.0.0.1", true],
    ["::1", true],
    ["fe80::1:2", true],
    ["2001:db8::", true],
    ["127.0.0.2", false],
    ["fe80::1", false],
  ])("is for the address %s: %s", (address, valid) => {
    expect(server.checkIP(address) !== undefined).toBe(valid);
  });

  test("is valid now and not for ever", () => {
    expect(Date.parse(server.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(server.validTo) - Date.now()).toBeLessThan(398 * 86_400_000);
  });

  test("has another number and another key each time", () => {
    const other = createServerCertificate(HOSTS, Date.now());
    expect(new X509Certificate(other.cert).serialNumber).not.toBe(server.serialNumber);
    expect(new X509Certificate(other.ca).verify(authority.publicKey)).toBe(false);
  });
});

describe("an emulator with tls: true", () => {
  let emulator: RunningEmulator | undefined;
  afterEach(async () => emulator?.close());

  /** Sends a request that trusts only the emulator's authority. @returns status and body */
  function ask(
    method: string,
    target: string,
    { body = "", host = "127.0.0.1", maxVersion = "TLSv1.3" as SecureVersion, sign = false } = {},
  ) {
    const { port = 0, ca } = emulator ?? {};
    const headers: Record<string, string> = { host, "content-length": String(body.length) };
    if (sign)
      headers.authorization = authorize({ method, path: target }, headers, Math.floor(Date.now() / 1000));
    return new Promise<string>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        servername: host === "127.0.0.1" ? "" : host,
        port,
        method,
        path: target,
      };
      const sent = request({ ...options, ca, maxVersion, headers }, (response) => {
        let text = "";
        response.setEncoding("latin1").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve(`${response.statusCode} ${text}`)).on("error", reject);
      });
      sent.on("error", reject).end(body);
    });
  }

  async function start(options: StartOptions = {}): Promise<RunningEmulator> {
    emulator = await startEmulator({ tls: true, anonymous: true, ...options });
    return emulator;
  }

  test("serves clients that trust its authority, at its address and at the hosts of COS", async () => {
    const { url, ca } = await start();
    expect([url.slice(0, 8), new X509Certificate(ca ?? "").ca]).toEqual(["https://", true]);
    expect(await ask("PUT", "/demo-1250000000/a", { body: "hello" })).toBe("200 ");
    expect(await ask("GET", "/demo-1250000000/a")).toBe("200 hello");
    expect(await ask("GET", "/a", { host: "demo-1250000000.cos.ap-guangzhou.myqcloud.com" })).toBe(
      "200 hello",
    );
  });

  test("is not trusted by others", async () => {
    const { url } = await start();
    const failure = await fetch(url).catch((error: Error) => error.cause);
    expect(String((failure as NodeJS.ErrnoException).code)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  test("resets connections, as fault scripts ask for", async () => {
    await start({ faults: [{ op: "PutObject", when: "before-headers", fault: "reset" }] });
    await expect(ask("PUT", "/demo-1250000000/a", { body: "hello" })).rejects.toThrow("ECONNRESET");
    expect(await ask("PUT", "/demo-1250000000/a", { body: "hello" })).toBe("200 ");
  });

  test("tells policies that the transport is secure, and its version", async () => {
    const condition = {
      bool_equal: { "cos:secure-transport": true },
      numeric_greater_than: { "cos:tls-version": 1.2 },
    };
    const policy = {
      version: "2.0",
      statement: { effect: "allow", action: "name/cos:PutObject", resource: "*", condition },
    } as const;
    await start({ anonymous: false, credentials: [{ ...KEYS, policy }] });
    expect(await ask("PUT", "/demo-1250000000/a", { sign: true })).toBe("200 ");
    expect(await ask("PUT", "/demo-1250000000/a", { sign: true, maxVersion: "TLSv1.2" })).toMatch(
      /^403 .*AccessDenied/s,
    );
  });

  test("takes a key and a certificate of the user's", async () => {
    const { key, cert, ca } = createServerCertificate(["own.example"], Date.now());
    const own = await start({ tls: { key, cert } });
    expect(own.ca).toBeUndefined();
    const responded = new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: own.port,
        servername: "own.example",
        ca,
        path: "/demo-1250000000/",
      };
      request(options, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(await responded).toBe(200);
  });

  test("a key that is none is refused by name", async () => {
    await expect(startEmulator({ tls: { key: "x", cert: "y" } })).rejects.toThrow(
      /^tls: key and cert are no PEM/,
    );
  });

  test("hosts with a zone, and thousands of buckets", () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `bucket-${index}-1250000000.localhost`);
    const made = new X509Certificate(createServerCertificate(["fe80::1%lo", ...many], Date.now()).cert);
    expect([made.checkIP("fe80::1") !== undefined, made.checkHost(many[2_999] ?? "") !== undefined]).toEqual([
      true,
      true,
    ]);
  });

  test.each([[{ key: "k" }], ["yes"], [1]])("%j is refused as tls, and is in no message", async (tls) => {
    await expect(startEmulator({ tls } as unknown as StartOptions)).rejects.toThrow(
      /^tls(: is of type \w+; accepted: true, false, or \{ key, cert \} as PEM|\.cert: is missing; accepted: .*)$/,
    );
  });
});
