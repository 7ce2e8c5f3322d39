import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type CosError, createCos } from "@cosup/node";
import { Agent } from "undici";
import { expect, test } from "vitest";
import { listen } from "./proxy-server.ts";
import { CA, tlsServer } from "./tls.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const KEYS = { SecretId: "id", SecretKey: "key", Region: "ap-guangzhou", proxy: false } as const;

/** What a PUT to this machine's port over TLS fails with. */
async function failureAt(port: number, ca?: string): Promise<CosError> {
  const dispatcher = ca === undefined ? undefined : new Agent({ connect: { ca } });
  const cos = createCos({ ...KEYS, Endpoint: `https://localhost:${port}/{Bucket}`, dispatcher });
  try {
    return await cos.putObject({ Bucket: "b-1250000000", Key: "k", Body: "x" }).then(
      () => expect.unreachable(),
      (error: CosError) => error,
    );
  } finally {
    await cos.close();
    await dispatcher?.close();
  }
}

test.each([
  ["self-signed", undefined, /not issued by an authority that this machine trusts$/, /NODE_EXTRA_CA_CERTS/],
  ["localhost", undefined, /not issued by an authority that this machine trusts$/, /NODE_EXTRA_CA_CERTS/],
  ["expired", CA, /certificate has expired$/, /clock/],
  ["elsewhere", CA, /certificate is for another host name$/, /Endpoint/],
])("a certificate that is not accepted (%s) fails at the first attempt", async (name, ca, message, hint) => {
  const server = await tlsServer(name);
  try {
    const error = await failureAt(server.port, ca);
    expect(error).toMatchObject({ code: "connect-failed", retryable: false, attempts: 1 });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(server.connections()).toBe(1);
  } finally {
    await server.close();
  }
});

test("https to a port that speaks plain HTTP fails at the first attempt, in plain words", async () => {
  const server = createServer((_request, response) => response.end());
  const port = await listen(server);
  try {
    const error = await failureAt(port);
    expect(error).toMatchObject({ code: "connect-failed", retryable: false, attempts: 1 });
    expect(error.message).toBe("putObject: the server does not speak TLS on this port");
    expect(error.hint).toContain("Scheme: 'http'");
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A program's first object, with so many KiB of virtual memory. */
async function withVirtualMemory(limit: number, endpoint: string): Promise<string> {
  const program = `
    const { createCos } = await import("@cosup/node");
    const cos = createCos({ Endpoint: process.argv[1], SecretId: "id", SecretKey: "key", proxy: false });
    const parameters = { Bucket: "b-1250000000", Key: "k", Body: "x" };
    await cos.putObject(parameters).catch((e) => console.log(e.name + ": " + e.message + " " + e.hint));`;
  const script = `ulimit -v ${limit}; exec "$0" --input-type=module -e "$1" "$2"`;
  const words = ["-c", script, process.execPath, program, endpoint];
  return (await run("sh", words, { cwd: here })).stdout;
}

// Of the first, not even one WebAssembly memory fits; of the second, core's fits and the HTTP client's does not.
test.runIf(process.platform === "linux").each([
  [6_000_000, /^RangeError: memoryBudget: .*--disable-wasm-trap-handler/],
  [12_000_000, /^TransportError: putObject: the system refuses the memory .*--disable-wasm-trap-handler/],
])("without virtual memory for WebAssembly (ulimit -v %i), nothing is sent", async (limit, expected) => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  try {
    expect(await withVirtualMemory(limit, `http://127.0.0.1:${await listen(server)}`)).toMatch(expected);
    expect(requests).toBe(0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
