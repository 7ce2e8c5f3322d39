import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { transform } from "esbuild";
import { expect, test } from "vitest";

const page = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8");

/** A tracer that records its spans, as `@opentelemetry/api` has them. */
function stubTracer() {
  const spans: Record<string, unknown>[] = [];
  const startSpan = (name: string, options: { kind: number; attributes: object }) => {
    const span: Record<string, unknown> = { name, kind: options.kind, ...options.attributes, ended: 0 };
    spans.push(span);
    const set = (attribute: string, value: unknown): void => {
      span[attribute] = value;
    };
    return {
      setAttribute: set,
      setStatus: (status: object) => set("status", status),
      end: () => set("ended", Number(span.ended) + 1),
    };
  };
  return { spans, startSpan };
}

test("the page's example makes one span of each attempt, also of one that fails", async () => {
  const [, code = ""] = /```ts\n(import \{ subscribe \}.*?)```/s.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "observability-"));
  const file = join(folder, "trace.mjs");
  writeFileSync(file, (await transform(code, { loader: "ts" })).code);
  const { traceRequests } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    traceRequests(tracer: ReturnType<typeof stubTracer>): void;
  };
  const tracer = stubTracer();
  traceRequests(tracer);
  const Bucket = "demo-1250000000";
  const keys = { secretId: "id", secretKey: "key" };
  const data = join(folder, "data");
  const emulator = await startEmulator({ data, buckets: [Bucket], credentials: [keys], faults: true });
  const Endpoint = `${emulator.url}/{Bucket}`;
  const cos = createCos({ Region: "ap-guangzhou", Endpoint, SecretId: "id@trace", SecretKey: "key" });
  try {
    const fault = { kind: "status", status: 503, code: "SlowDown" } as const;
    emulator.faults.install("trace", [{ op: "PutObject", when: "before-headers", fault }]);
    await cos.putObject({ Bucket, Key: "traced", Body: "x" });
    await cos.headObject({ Bucket, Key: "none" }).catch(() => {});
  } finally {
    await cos.close();
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
  const traced = { kind: 2, ended: 1, "cos.bucket": Bucket, "cos.request_id": expect.any(String) };
  const put = { ...traced, name: "cos.putObject", "cos.key": "traced", "http.request.method": "PUT" };
  expect(tracer.spans).toEqual([
    { ...put, "http.response.status_code": 503, status: { code: 2, message: "throttled" } },
    { ...put, "http.response.status_code": 200, "http.request.resend_count": 1 },
    {
      ...traced,
      name: "cos.headObject",
      "cos.key": "none",
      "http.request.method": "HEAD",
      "http.response.status_code": 404,
      status: { code: 2, message: "not-found" },
    },
  ]);
});
