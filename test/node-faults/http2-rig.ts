import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@cosup/emulator";
import { type FrontOptions, type Http2Front, http2Front } from "./http2-front.ts";
import { CA_FILE } from "./tls.ts";

const run = promisify(execFile);

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a program does: see http2-program.mjs. */
export interface Job {
  readonly action: "parts" | "aborts" | "put" | "append";
  readonly megabytes?: number;
  /** The path of undici, below the root; not given: cosup's own connections. */
  readonly undici?: string;
  /** Options of its Agent. */
  readonly agent?: object;
}

export interface Report {
  /** The size of the object, or the error. */
  readonly outcome: number | { readonly code: string; readonly message: string; readonly hint?: string };
  /** What `onRetry` received. */
  readonly retries: readonly string[];
  /** What `onWarning` received. */
  readonly warnings: readonly string[];
}

/** Runs a job in another process, against an emulator behind a server for HTTP/2. */
export async function overHttp2(
  command: readonly string[],
  job: Job,
  options: FrontOptions,
): Promise<{ report: Report; front: Http2Front }> {
  const data = await mkdtemp(join(tmpdir(), "cosup-http2-"));
  const credentials = [{ secretId: "AKIDhttp2", secretKey: "secret" }];
  const emulator = await startEmulator({ data, buckets: ["b-1250000000"], credentials });
  const front = await http2Front(emulator.url, options);
  try {
    const undici = job.undici === undefined ? undefined : join(root, job.undici);
    const words = [...command.slice(1), JSON.stringify({ ...job, undici, endpoint: front.url })];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: CA_FILE, DENO_CERT: CA_FILE, NO_COLOR: "1" };
    // A process that stands still in Node's HTTP/2 hears no other signal.
    const limits = { timeout: 50_000, killSignal: "SIGKILL" } as const;
    const { stdout } = await run(command[0] ?? "", words, { env, cwd: root, ...limits });
    return { report: JSON.parse(stdout) as Report, front };
  } finally {
    await front.close();
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** How often each part was sent. */
export function putsOf({ arrivals }: Http2Front): readonly number[] {
  const puts: number[] = [];
  for (const { method, path } of arrivals) {
    const part = Number(/partNumber=(\d+)/.exec(path)?.[1]);
    if (method === "PUT" && part > 0) puts[part - 1] = (puts[part - 1] ?? 0) + 1;
  }
  return Array.from(puts, (count) => count ?? 0);
}
