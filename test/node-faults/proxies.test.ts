import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { type CosError, createCos } from "@cosup/node";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type ProxyServer, proxyServer } from "./proxy-server.ts";
import { CA_FILE, type TlsServer, tlsServer } from "./tls.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const cosup = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
const KEYS = { SecretId: "AKIDproxy", SecretKey: "secret", Region: "ap-guangzhou" };
const object = { Bucket: "b-1250000000", Key: "through" };
const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

let data: string;
let emulator: RunningEmulator;
let secure: TlsServer;
let plainEndpoint: string;
let secureEndpoint: string;
const proxies: ProxyServer[] = [];

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cosup-proxies-"));
  const credentials = [{ secretId: KEYS.SecretId, secretKey: KEYS.SecretKey }];
  emulator = await startEmulator({ data, buckets: [object.Bucket], credentials });
  secure = await tlsServer("localhost", Number(new URL(emulator.url).port));
  plainEndpoint = `${emulator.url}/{Bucket}`;
  secureEndpoint = `https://localhost:${secure.port}/{Bucket}`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

afterAll(async () => {
  await secure.close();
  await emulator.close();
  await rm(data, { recursive: true, force: true });
});

async function proxy(refuse?: number): Promise<ProxyServer> {
  const opened = await proxyServer(refuse);
  proxies.push(opened);
  return opened;
}

/** The environment of this process without proxy variables. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name));
  return { ...Object.fromEntries(others), ...own };
}

function stub(own: Readonly<Record<string, string>>): void {
  for (const name of VARIABLES) vi.stubEnv(name, own[name]);
}

/** Uploads in another process, which trusts the tests' authority. */
async function program(own: Readonly<Record<string, string>>, options: object = {}): Promise<string> {
  const text = `
    const { createCos } = await import("@cosup/node");
    const cos = createCos(${JSON.stringify({ ...KEYS, Endpoint: secureEndpoint, ...options })});
    const { size } = await cos.putObject({ ...${JSON.stringify(object)}, Body: "tunnelled" });
    const { Body } = await cos.getObject(${JSON.stringify(object)});
    console.log(size, await new Response(Body).text());
    await cos.close();`;
  const env = environment({ NODE_EXTRA_CA_CERTS: CA_FILE, ...own });
  return (await run(process.execPath, ["--input-type=module", "-e", text], { cwd: here, env })).stdout.trim();
}

test("HTTPS_PROXY: requests to COS go through a tunnel of the proxy", async () => {
  const { url, asked } = await proxy();
  expect(await program({ HTTPS_PROXY: url })).toBe("9 tunnelled");
  expect(new Set(asked)).toEqual(new Set([`CONNECT localhost:${secure.port}`]));
});

test("proxy: sends its credentials to the proxy", async () => {
  const { port, credentials } = await proxy();
  expect(await program({}, { proxy: `http://user:p%40ss@127.0.0.1:${port}` })).toBe("9 tunnelled");
  expect(new Set(credentials)).toEqual(new Set(["user:p@ss"]));
});

test("http_proxy: requests to a plain server are forwarded by the proxy", async () => {
  const { url, asked } = await proxy();
  stub({ http_proxy: url });
  const cos = createCos({ ...KEYS, Endpoint: plainEndpoint });
  await cos.putObject({ ...object, Body: "forwarded" });
  expect((await cos.headObject(object)).ContentLength).toBe(9);
  expect(await new Response((await cos.getObject(object)).Body).text()).toBe("forwarded");
  await cos.close();
  const path = `${emulator.url}/${object.Bucket}/${object.Key}`;
  expect(asked).toEqual([`PUT ${path}`, `HEAD ${path}`, `GET ${path}`]);
});

test.each([
  ["NO_PROXY", { NO_PROXY: "127.0.0.1" }, {}],
  ["proxy: false", {}, { proxy: false }],
  ['proxy: "none"', {}, { proxy: "none" }],
] as const)("%s: the proxy of the environment is not used", async (_, own, options) => {
  const { url, asked } = await proxy();
  stub({ ALL_PROXY: url, ...own });
  const cos = createCos({ ...KEYS, Endpoint: plainEndpoint, ...options });
  await cos.putObject({ ...object, Body: "direct" });
  await cos.close();
  expect(asked).toEqual([]);
});

test.each([
  [407, "https", "connect-failed", /proxy asks for credentials \(407\)$/, /user:password@proxy\.example/],
  [403, "https", "connect-failed", /proxy refuses to connect to this host$/, /NO_PROXY/],
  [407, "http", "connect-failed", /proxy asks for credentials \(407\)$/, /user:password@proxy\.example/],
])("a proxy's %i to %s is final at the first attempt", async (status, scheme, code, message, hint) => {
  const { port, asked } = await proxy(status);
  stub({ [`${scheme}_proxy`]: `http://someone:canary-password@127.0.0.1:${port}` });
  const cos = createCos({ ...KEYS, Endpoint: scheme === "https" ? secureEndpoint : plainEndpoint });
  const error: CosError = await cos.putObject({ ...object, Body: "x" }).then(
    () => expect.unreachable(),
    (reason: CosError) => reason,
  );
  await cos.close();
  expect(error).toMatchObject({ code, retryable: false });
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
  expect(asked).toHaveLength(1);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary-password|Y2FuYXJ5/);
});

test("a proxy that is not there is a connection that failed", async () => {
  const { port, close } = await proxyServer();
  await close();
  stub({ ALL_PROXY: `http://someone:canary-password@127.0.0.1:${port}` });
  for (const Endpoint of [plainEndpoint, secureEndpoint]) {
    const cos = createCos({ ...KEYS, Endpoint, maxAttempts: 1 });
    const error: unknown = await cos.putObject({ ...object, Body: "x" }).catch((reason: unknown) => reason);
    await cos.close();
    expect(error).toMatchObject({ code: "connect-failed", retryable: true });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary-password|Y2FuYXJ5/);
  }
});

test("createCos() takes a proxy or a dispatcher, not both", async () => {
  const { Agent } = await import("undici");
  const dispatcher = new Agent();
  expect(() => createCos({ ...KEYS, dispatcher, proxy: "http://127.0.0.1:1" })).toThrow(
    "proxy: excludes dispatcher",
  );
  await dispatcher.close();
});

test("the command line uses the environment's proxy, --proxy and --proxy none", async () => {
  const file = join(data, "file");
  await writeFile(file, "from the command line");
  const { url, asked } = await proxy();
  const keys = { COS_SECRET_ID: KEYS.SecretId, COS_SECRET_KEY: KEYS.SecretKey, NODE_EXTRA_CA_CERTS: CA_FILE };
  const words = ["cp", file, `cos://${object.Bucket}/cli`, "--endpoint", secureEndpoint];
  const copy = (more: readonly string[], own: Readonly<Record<string, string>>) =>
    run(process.execPath, [cosup, ...words, ...more], { env: environment({ ...keys, ...own }) });
  const tunnel = `CONNECT localhost:${secure.port}`;
  await copy([], { https_proxy: url });
  expect(new Set(asked)).toEqual(new Set([tunnel]));
  asked.length = 0;
  await copy(["--proxy", url], {});
  expect(new Set(asked)).toEqual(new Set([tunnel]));
  asked.length = 0;
  await copy(["--proxy", "none"], { https_proxy: url });
  expect(asked).toEqual([]);
});
