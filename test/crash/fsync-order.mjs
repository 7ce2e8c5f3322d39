// Shows by strace in which order the emulator writes and flushes with the option `fsync`, and fails if a response leaves before
// everything that it promises is on the device.   node test/crash/fsync-order.mjs [--print]
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { print: { type: "boolean", default: false } } });
const BUCKET = "demo-1250000000";
const CALLS = "trace=write,writev,pwrite64,pwritev,fsync,fdatasync,unlink,rename";
const BYTES = "write bytes";
const FLUSH_BYTES = "flush bytes";
const FLUSH_NAME = "flush data/";
const RECORD = "write record";
const FLUSH_RECORD = "flush record";
const RESPONSE = "response";
const REMOVE = "delete bytes";
/**
 * What must be in the trace of each request, in this order. After a flush SQLite fills the sector, with bytes that no reader
 * needs: a "write record" that no flush follows.
 */
const WANTED = {
  put: [BYTES, FLUSH_BYTES, FLUSH_NAME, RECORD, FLUSH_RECORD, RESPONSE],
  append: [BYTES, FLUSH_BYTES, FLUSH_NAME, RECORD, FLUSH_RECORD, RESPONSE],
  part: [BYTES, FLUSH_BYTES, FLUSH_NAME, RECORD, FLUSH_RECORD, RESPONSE],
  complete: [RECORD, FLUSH_RECORD, RESPONSE],
  // The new bytes are safe before the old ones go.
  replace: [BYTES, FLUSH_BYTES, FLUSH_NAME, RECORD, FLUSH_RECORD, REMOVE, RESPONSE],
  delete: [RECORD, FLUSH_RECORD, REMOVE, RESPONSE],
};

if (spawnSync("strace", ["-V"]).status !== 0) {
  console.log("fsync-order: skipped, strace is not installed");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "cosup-fsync-"));
const trace = join(folder, "trace");
let failed = 0;
try {
  const sections = await traced();
  for (const [name, wanted] of Object.entries(WANTED)) check(name, sections.get(name) ?? [], wanted);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`fsync-order: ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Sends the requests. Each one's part of the trace ends with its response. */
async function traced() {
  const child = fileURLToPath(new URL("./server-kills-child.mjs", import.meta.url));
  const strace = ["-f", "-y", "-s", "12", "-e", CALLS, "-o", trace, process.execPath, child];
  const emulator = spawn("strace", [...strace, join(folder, "data"), BUCKET], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, COSUP_FSYNC: "1" },
  });
  const [{ port }] = await once(emulator, "message");
  const url = `http://127.0.0.1:${port}/${BUCKET}`;
  const sections = new Map();
  const ask = async (name, path, method, body) => {
    const before = readFileSync(trace, "utf8").length;
    const response = await fetch(`${url}${path}`, { method, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
    // strace writes its file a moment later.
    for (let wait = 0; wait < 100; wait += 1) {
      sections.set(name, stepsIn(readFileSync(trace, "utf8").slice(before)));
      if (sections.get(name).includes(RESPONSE)) break;
      await delay(20);
    }
    return { text, etag: response.headers.get("etag") };
  };
  await ask("put", "/a", "PUT", "bytes");
  await ask("replace", "/a", "PUT", "other bytes");
  await ask("append", "/log?append&position=0", "POST", "line");
  const { text } = await ask("initiate", "/big?uploads", "POST");
  const [, id] = /<UploadId>(.*)<\/UploadId>/.exec(text) ?? [];
  const { etag } = await ask("part", `/big?partNumber=1&uploadId=${id}`, "PUT", "part");
  const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  await ask("complete", `/big?uploadId=${id}`, "POST", list);
  await ask("delete", "/a", "DELETE");
  const gone = once(emulator, "exit");
  emulator.disconnect();
  await gone;
  return sections;
}

/** The lines of a trace in the words of this page. A call that another thread interrupts counts when it ends. */
function stepsIn(text) {
  const steps = [];
  const unfinished = new Map();
  for (const line of text.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      unfinished.set(thread, rest);
      continue;
    }
    const call = rest.startsWith("<... ") ? `${unfinished.get(thread) ?? ""}` : rest;
    const step = stepOf(call);
    if (step !== undefined && steps.at(-1) !== step) steps.push(step);
  }
  return steps;
}

function stepOf(call) {
  const isFlush = /^f(data)?sync\(/.test(call);
  if (/^unlink\(.*\/data\/data\/[0-9a-f]/.test(call)) return REMOVE;
  if (/<[^>]*\/data\/data\/[0-9a-f]{32}>/.test(call)) return isFlush ? FLUSH_BYTES : BYTES;
  if (/<[^>]*\/data\/data>/.test(call)) return isFlush ? FLUSH_NAME : undefined;
  if (/<[^>]*\.sqlite-wal>/.test(call)) return isFlush ? FLUSH_RECORD : RECORD;
  if (/^writev?\(.*<(socket|TCP).*HTTP\/1\.1/.test(call)) return RESPONSE;
  return undefined;
}

function check(name, steps, wanted) {
  let at = 0;
  for (const step of steps) if (step === wanted[at]) at += 1;
  const early = steps.indexOf(RESPONSE) < steps.lastIndexOf(FLUSH_RECORD);
  const holds = at === wanted.length && !early;
  if (!holds) failed += 1;
  console.log(`${holds ? "ok" : "FAILED"}: ${name}: ${steps.join(" → ")}`);
  if (values.print || !holds) console.log(`  wanted: ${wanted.join(" → ")}`);
}
