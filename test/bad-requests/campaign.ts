import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator, type EmulatorResponse } from "@cosup/emulator";
import { signS3 } from "../../packages/emulator/test/aws4-requests.ts";
import type { World } from "./plans.ts";
import { randomFrom } from "./random.ts";
import { type BadRequest, badRequest } from "./requests.ts";
import { type Form, KEYS, TEMPORARY } from "./signed.ts";

const BUCKET = "bad-1250000000";
const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
const NOW_MS = 20_000 * 86_400_000;
/** Requests between two repairs of the bucket, which some of them delete. */
const BATCH = 500;
/** Requests to one emulator, whose versions and uploads pile up. */
const ROUND = 5000;
const ENOUGH_FAILURES = 20;
const SECRETS = [KEYS.secretKey, TEMPORARY.secretKey, TEMPORARY.token, encodeURIComponent(TEMPORARY.token)];

export interface CampaignOptions {
  readonly seed: number;
  readonly count: number;
  /** Index of the first request. Request N of a seed is always the same. */
  readonly first?: number;
}

export interface CampaignResult {
  readonly requests: number;
  /** Number of responses of each status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly codes: readonly string[];
  /** Number of successes of each form of signature. */
  readonly accepted: Readonly<Partial<Record<Form, number>>>;
  /** What went wrong, with the index of the request. Empty: nothing. */
  readonly failures: readonly string[];
}

interface Tally {
  readonly statuses: Record<number, number>;
  readonly codes: Set<string>;
  readonly accepted: Partial<Record<Form, number>>;
  readonly failures: string[];
}

/** Sends damaged requests to emulators without sockets, and checks every response and log line. */
export async function campaign({ seed, count, first = 0 }: CampaignOptions): Promise<CampaignResult> {
  const tally: Tally = { statuses: {}, codes: new Set(), accepted: {}, failures: [] };
  for (let from = first; from < first + count && tally.failures.length < ENOUGH_FAILURES; from += ROUND) {
    await round(seed, from, Math.min(ROUND, first + count - from), tally);
  }
  return { requests: count, ...tally, codes: [...tally.codes].sort() };
}

/** One emulator. */
async function round(seed: number, first: number, count: number, tally: Tally): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "cosup-bad-requests-"));
  const log: string[] = [];
  const emulator = createEmulator({
    ...{ data, buckets: [BUCKET, "spare-1250000000"], credentials: [KEYS, TEMPORARY] },
    now: () => NOW_MS,
    log: (line) => log.push(line),
  });
  try {
    let world: World = { bucket: BUCKET, uploadId: "" };
    for (let index = first; index < first + count && tally.failures.length < ENOUGH_FAILURES; index++) {
      if ((index - first) % BATCH === 0) world = { bucket: BUCKET, uploadId: await repair(emulator) };
      log.length = 0;
      const random = randomFrom((Math.imul(seed, 0x9e3779b1) + index) >>> 0);
      await one(emulator, index, badRequest(random, world, NOW_MS), log, tally);
    }
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function one(
  emulator: Emulator,
  index: number,
  { form, signature, request }: BadRequest,
  log: readonly string[],
  tally: Tally,
): Promise<void> {
  const { method, target, headers } = request;
  const describe = (what: string): string =>
    `request ${index} (${form}): ${what}\n  ${method} ${target.slice(0, 500)}\n  ${JSON.stringify(headers).slice(0, 1500)}`;
  try {
    const response = await emulator.handle(request);
    const text = await textOf(response);
    tally.statuses[response.status] = (tally.statuses[response.status] ?? 0) + 1;
    if (response.status < 300) tally.accepted[form] = (tally.accepted[form] ?? 0) + 1;
    const code = /<Error><Code>(\w+)</.exec(text)?.[1];
    if (code) tally.codes.add(code);
    tally.failures.push(...wrongWith(response, text, log, signature).map(describe));
  } catch (error) {
    tally.failures.push(describe(`threw ${error instanceof Error ? error.stack : error}`));
  }
}

function wrongWith(
  response: EmulatorResponse,
  text: string,
  log: readonly string[],
  signature: string | undefined,
): string[] {
  const wrong: string[] = [];
  const lines = log.join("\n");
  if (response.status === 500 || response.status < 200 || response.status > 599) {
    wrong.push(`status ${response.status} ${lines}`);
  }
  for (const [name, value] of Object.entries(response.headers)) {
    // node:http refuses to write others.
    if (!/^[\w-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value))
      wrong.push(`header ${name}: ${JSON.stringify(value)}`);
  }
  if (log.length !== 1 || /[^\x20-\x7e]/.test(lines)) wrong.push(`log ${JSON.stringify(log)}`);
  if (signature && (lines.includes(signature) || lines.includes(encodeURIComponent(signature)))) {
    wrong.push(`a signature in the log: ${lines}`);
  }
  if (SECRETS.some((secret) => lines.includes(secret))) wrong.push("a secret in the log");
  if (SECRETS.slice(0, 2).some((secret) => text.includes(secret))) wrong.push("a secret in the response");
  return wrong;
}

/** Creates what other requests need, if they have deleted it. Returns the id of an open upload. */
async function repair(emulator: Emulator): Promise<string> {
  await ask(emulator, "PUT", "/");
  await ask(emulator, "PUT", "/a", "content");
  const opened = await ask(emulator, "POST", "/open?uploads=");
  return /<UploadId>(\w+)</.exec(opened)?.[1] ?? "";
}

async function ask(emulator: Emulator, method: string, target: string, body = ""): Promise<string> {
  const [path = "", query = ""] = target.split("?");
  const named = query === "" ? {} : { query: { [query.replace("=", "")]: "" } };
  const signed = signS3({ method, path, host: HOST, body, sign: KEYS, ...named }, NOW_MS);
  const headers = { ...signed.headers, "content-length": String(body.length) };
  return textOf(await emulator.handle({ method, target: signed.target, headers, body: bytes(body) }));
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  if (text !== "") yield Buffer.from(text);
}

async function textOf({ body }: EmulatorResponse): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
