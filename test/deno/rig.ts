import assert from "node:assert/strict";
import { createCos, type DenoCosClient, type DenoCosOptions } from "@cosup/deno";
import { pseudoRandomBytes } from "../fixtures/pseudo-random.ts";

export { assert };

/**
 * A test that fails when it leaves a handle, a connection, a timer or an operation behind, which Deno does not check by
 * default.
 */
export function test(name: string, body: () => Promise<void> | void, ignore = false): void {
  Deno.test({ name, ignore, sanitizeOps: true, sanitizeResources: true, fn: body });
}

/** The emulator that scripts/test-deno.mjs has started. */
export const EMULATOR = Deno.env.get("COSUP_EMULATOR") ?? "";
export const HOST = new URL(EMULATOR).host;
export const Bucket = "test-1250000000";
export const MiB = 1024 * 1024;
export const ROOT = new URL("../../", import.meta.url);
const CONTROL = Deno.env.get("COSUP_EMULATOR_CONTROL") ?? "";

export function client(options: Partial<DenoCosOptions> = {}): DenoCosClient {
  return createCos({ Endpoint: EMULATOR, SecretId: "id", SecretKey: "key", ...options });
}

/** A directory that is removed at the end of its scope. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "cosup-deno-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Bytes that look random and differ everywhere. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return pseudoRandomBytes(length, seed * 2_654_435_761);
}

/** Writes a file of noise. */
export async function noiseFile(path: string, length: number, seed = 1): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = noise(length, seed);
  await Deno.writeFile(path, bytes);
  return bytes;
}

/** Checks that the object equals `bytes`. */
export async function assertStored(cos: DenoCosClient, Key: string, bytes: Uint8Array): Promise<void> {
  const { Body } = await cos.getObject({ Bucket, Key });
  const stored = new Uint8Array(await new Response(Body).arrayBuffer());
  assert.equal(stored.byteLength, bytes.byteLength);
  assert.ok(sameBytes(stored, bytes), `${Key} holds other bytes`);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);
}

/** The operations that the emulator received for a key, in order. */
export async function requestsOf(key: string): Promise<string[]> {
  const response = await fetch(`${CONTROL}/${encodeURIComponent(key)}`);
  return await response.json();
}

/** The end of a child process. `result` is the JSON of its last line. */
export interface Outcome {
  readonly success: boolean;
  readonly stderr: string;
  readonly result: Record<string, unknown>;
}

/** Runs test/deno/child.ts in a separate Deno process with exactly these permissions. */
export async function runChild(
  flags: readonly string[],
  job: object,
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { success, stdout, stderr } = await childCommand(flags, job, env).output();
  const text = new TextDecoder().decode(stdout);
  const last = text.trim().split("\n").at(-1) ?? "";
  return {
    success,
    stderr: new TextDecoder().decode(stderr),
    result: last.startsWith("{") ? JSON.parse(last) : {},
  };
}

export function childCommand(
  flags: readonly string[],
  job: object,
  env: Record<string, string> = {},
): Deno.Command {
  const script = new URL("child.ts", import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      ...flags,
      script,
      JSON.stringify({ endpoint: EMULATOR, ...job }),
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs Node on a module given as text, in the repository. */
export async function runNode(module: string, args: readonly string[] = []): Promise<Outcome> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.env.get("COSUP_NODE") ?? "node", {
    args: ["--input-type=module", "-e", module, ...args],
    cwd: ROOT,
  }).output();
  const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  return {
    success,
    stderr: new TextDecoder().decode(stderr),
    result: last.startsWith("{") ? JSON.parse(last) : {},
  };
}

/** Waits until `found` returns a value. */
export async function until<T>(found: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    assert.ok(Date.now() < end, "this took too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
