// Loaded into a real `cosup` with --import: ends the process with SIGKILL at the nth time that it passes a named point.
// It watches from outside (file functions, undici's diagnostics, stdout), so that no code of ours knows of it.
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

pass("01-started");

/** Wraps a file function: `before` names the point on entry, `after` on success; either may give undefined. */
function watch(holder, method, before, after) {
  const original = holder[method];
  holder[method] = async function watched(...args) {
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
  /\.bin$/.test(String(path)) ? "02-source-looked-at" : undefined,
);
watch(fs, "link", undefined, (_nothing, _from, to) => (isLock(to) ? "03-lock-taken" : undefined));
watch(fs, "open", undefined, (handle, path) => {
  watchHandles(handle);
  kinds.set(handle, isTemp(path) ? "temp" : /\.bin$/.test(String(path)) ? "source" : "directory");
  return isTemp(path) ? "04-temp-created" : undefined;
});
watch(
  fs,
  "rename",
  (_from, to) => (isCheckpoint(to) ? "06b-before-rename" : undefined),
  (_nothing, _from, to) => (isCheckpoint(to) ? "07-renamed" : undefined),
);
watch(
  fs,
  "rm",
  (path) => (isCheckpoint(path) ? "23b-before-checkpoint-removed" : undefined),
  (_nothing, path) =>
    isCheckpoint(path) ? "24-checkpoint-removed" : isLock(path) ? "25-lock-released" : undefined,
);
// Sources are read through descriptors.
const sources = new Set();
watchCallback("open", (descriptor, path) => {
  if (/\.bin$/.test(String(path))) sources.add(descriptor);
});
watchCallback("read", (_bytesRead, descriptor) => {
  if (sources.has(descriptor)) pass("12-part-read");
});
watch(fs, "opendir", () => "27-walker-between-directories");
syncBuiltinESMExports();

/** Wraps a file function that calls back: `after` sees what it gave, and what it was asked for. */
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
    ["writeFile", "temp", "05-temp-written"],
    ["sync", "temp", "06-temp-synced"],
    ["sync", "directory", "08-directory-synced"],
  ]) {
    const original = prototype[method];
    prototype[method] = async function watched(...args) {
      const result = await original.apply(this, args);
      if (kinds.get(this) === kind) pass(named(name)(result));
      return result;
    };
  }
}

/** Which exchange a request of undici is. */
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
  "undici:request:create": { part: "13-part-hashed", complete: "18-before-complete", put: "13b-put-hashed" },
  "undici:client:sendHeaders": {
    initiate: "09-initiate-sent",
    part: "14-part-half-sent",
    list: "09b-list-sent",
  },
  "undici:request:bodySent": { part: "15-part-sent", complete: "19-complete-sent", put: "15b-put-sent" },
  "undici:request:headers": {
    initiate: "10-initiate-answered",
    complete: "20-complete-answered",
    put: "16b-put-answered",
  },
  "undici:request:trailers": { part: "16-part-acknowledged", complete: "21-complete-read" },
};
for (const [channel, points] of Object.entries(WIRE)) {
  diagnostics.subscribe(channel, ({ request }) => pass(points[exchangeOf(request)]));
}

const write = process.stdout.write;
process.stdout.write = function watched(text, ...rest) {
  const result = write.call(this, text, ...rest);
  if (String(text).includes('"type":"object"')) pass("22-object-printed");
  if (String(text).includes('"type":"summary"')) pass("23-summary-printed");
  return result;
};
