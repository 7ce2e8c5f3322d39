// Loaded into a real `cosup` with --import: ends the process with SIGKILL at the nth time that it passes a named point.
// It watches from outside (file functions, undici's diagnostics, stdout), so that the code under test contains no hook.
//   COSUP_KILL_AT=name:n
import diagnostics from "node:diagnostics_channel";
import descriptors from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const [wanted = "", count = "1"] = (process.env.COSUP_KILL_AT ?? "").split(":");
let left = Number(count);

function pass(name) {
  if (name !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

pass("started");

/** Wraps a file function: `before` names the point on entry, `after` on success; either may give undefined. */
function watch(holder, method, before, after) {
  const original = holder[method];
  holder[method] = async function hooked(...args) {
    pass(before?.(...args));
    const result = await original.apply(this, args);
    pass(after?.(result, ...args));
    return result;
  };
}

const isTemp = (path) => String(path).endsWith(".tmp");
const isCheckpoint = (path) => String(path).endsWith(".json");
const isLock = (path) => String(path).endsWith(".lock");
const kinds = new WeakMap();

watch(fs, "stat", undefined, (_stats, path) =>
  /\.bin$/.test(String(path)) ? "source-looked-at" : undefined,
);
watch(fs, "link", undefined, (_nothing, _from, to) => (isLock(to) ? "lock-taken" : undefined));
watch(fs, "open", undefined, (handle, path) => {
  watchHandles(handle);
  kinds.set(handle, isTemp(path) ? "temp" : /\.bin$/.test(String(path)) ? "source" : "directory");
  return isTemp(path) ? "checkpoint-created" : undefined;
});
watch(
  fs,
  "rename",
  (_from, to) => (isCheckpoint(to) ? "before-checkpoint-renamed" : undefined),
  (_nothing, _from, to) => (isCheckpoint(to) ? "checkpoint-renamed" : undefined),
);
watch(
  fs,
  "rm",
  (path) => (isCheckpoint(path) ? "before-checkpoint-removed" : undefined),
  (_nothing, path) =>
    isCheckpoint(path) ? "checkpoint-removed" : isLock(path) ? "lock-released" : undefined,
);
// Sources are read through descriptors.
const sources = new Set();
watchCallback("open", (descriptor, path) => {
  if (/\.bin$/.test(String(path))) sources.add(descriptor);
});
watchCallback("read", (_bytesRead, descriptor) => {
  if (sources.has(descriptor)) pass("part-read");
});
watch(fs, "opendir", () => "walker-between-directories");
syncBuiltinESMExports();

/** Wraps a file function with a callback: `after` gets its result and its arguments. */
function watchCallback(method, after) {
  const original = descriptors[method];
  descriptors[method] = (...args) => {
    const callback = args.pop();
    return original(...args, (error, ...result) => {
      if (error === null) after(result[0], ...args);
      callback(error, ...result);
    });
  };
}

let handlesWatched = false;
function watchHandles(handle) {
  if (handlesWatched) return;
  handlesWatched = true;
  const prototype = Object.getPrototypeOf(handle);
  const named = (name) =>
    function after(_result) {
      return name;
    };
  for (const [method, kind, name] of [
    ["writeFile", "temp", "checkpoint-written"],
    ["sync", "temp", "checkpoint-synced"],
    ["sync", "directory", "directory-synced"],
  ]) {
    const original = prototype[method];
    prototype[method] = async function hooked(...args) {
      const result = await original.apply(this, args);
      if (kinds.get(this) === kind) pass(named(name)(result));
      return result;
    };
  }
}

/** The kind of a request of undici. */
function exchangeOf({ method, path }) {
  const query = path.split("?")[1] ?? "";
  if (method === "POST" && /^uploads\b/.test(query)) return "initiate";
  if (method === "PUT" && query.includes("partNumber=")) return "part";
  if (method === "PUT") return "put";
  if (method === "POST" && query.includes("uploadId=")) return "complete";
  if (method === "GET" && query.includes("uploadId=")) return "list";
  return method.toLowerCase();
}

const WIRE = {
  "undici:request:create": { part: "part-hashed", complete: "before-complete", put: "put-hashed" },
  "undici:client:sendHeaders": {
    initiate: "initiate-sent",
    part: "part-half-sent",
    list: "list-sent",
  },
  "undici:request:bodySent": { part: "part-sent", complete: "complete-sent", put: "put-sent" },
  "undici:request:headers": {
    initiate: "initiate-response",
    complete: "complete-response",
    put: "put-response",
  },
  "undici:request:trailers": { part: "part-acknowledged", complete: "complete-read" },
};
for (const [channel, points] of Object.entries(WIRE)) {
  diagnostics.subscribe(channel, ({ request }) => pass(points[exchangeOf(request)]));
}

const write = process.stdout.write;
process.stdout.write = function hooked(text, ...rest) {
  const result = write.call(this, text, ...rest);
  if (String(text).includes('"type":"object"')) pass("object-printed");
  if (String(text).includes('"type":"summary"')) pass("summary-printed");
  return result;
};
