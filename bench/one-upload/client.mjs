// One upload of a file, then a second one, in a process of its own: prints the RSS at each point, in MiB. Linux only.
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { Bucket, SecretId, SecretKey } from "../clients/identity.mjs";

const { module, origin, path, small, restMs } = JSON.parse(process.argv[2] ?? "{}");
const { createCos } = await import(module);
const cos = createCos({ Endpoint: origin, SecretId, SecretKey });

/** @param {string} name */
const status = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
/** The peak of what `work` takes. @param {() => Promise<unknown>} work */
const peakOf = async (work) => {
  writeFileSync("/proc/self/clear_refs", "5");
  await work();
  return status("VmHWM");
};
/** @param {string} Key @param {string} LocalFilePath */
const upload = (Key, LocalFilePath) => cos.uploadFile({ Bucket, Key, LocalFilePath });

await pause(restMs);
const [fresh, freshFiles] = [status("VmRSS"), status("RssFile")];
await upload("small.bin", small);
await pause(restMs);
const used = status("VmRSS");
const first = await peakOf(() => upload("one.bin", path));
await pause(restMs);
const [rest, restFiles] = [status("VmRSS"), status("RssFile")];
const second = await peakOf(() => upload("two.bin", path));
console.log(JSON.stringify({ fresh, used, first, rest, second, files: restFiles - freshFiles }));
process.exit(0);
