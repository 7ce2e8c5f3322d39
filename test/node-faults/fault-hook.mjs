// Loaded into a real process with --import: makes file functions of Node fail as on a faulty machine. Errors are made
// here where a disk cannot be made to fail; descriptors are really used up.
//   COSUP_HOST_FAULTS=[{"call":"rename","path":"\\.json$","code":"EIO","from":1,"times":1}]
// `call` is a file function of Node, or `handle.` and a method of a file that was opened; `from` is the first
// call of those that match, from 1, and `times` how many fail. `code: "hog"` fails nothing: it uses up the process's
// descriptors before the call, for `ms` milliseconds.
import descriptors, { closeSync, openSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { getSystemErrorMap } from "node:util";

const faults = JSON.parse(process.env.COSUP_HOST_FAULTS ?? "[]").map((fault) => ({
  from: 1,
  times: 1,
  seen: 0,
  ...fault,
}));

const NUMBERS = new Map([...getSystemErrorMap()].map(([errno, [code, text]]) => [code, { errno, text }]));

function failure(code, syscall, path) {
  const { errno, text } = NUMBERS.get(code);
  return Object.assign(new Error(`${code}: ${text}, ${syscall} '${path}'`), { code, errno, syscall, path });
}

function strike(call, path) {
  for (const fault of faults) {
    if (fault.call !== call || !new RegExp(fault.path).test(path)) continue;
    fault.seen += 1;
    if (fault.seen < fault.from || fault.seen >= fault.from + fault.times) continue;
    process.stderr.write(`struck: ${call} ${fault.code}\n`);
    if (fault.code === "hog") hog(fault.ms);
    else throw failure(fault.code, call.replace("handle.", ""), path);
  }
}

/** Opens files until the kernel refuses, and again as soon as one is closed. */
function hog(ms) {
  const held = [];
  const take = () => {
    try {
      for (;;) held.push(openSync("/dev/null"));
    } catch {}
  };
  take();
  const again = setInterval(take, 1);
  setTimeout(() => {
    clearInterval(again);
    for (const descriptor of held) closeSync(descriptor);
  }, ms);
}

for (const call of [
  "mkdir",
  "open",
  "readFile",
  "readdir",
  "writeFile",
  "link",
  "rename",
  "rm",
  "stat",
  "unlink",
]) {
  const original = fs[call];
  fs[call] = async (...parameters) => {
    // Of two paths, the second is the one that is created.
    const path = String(call === "rename" || call === "link" ? parameters[1] : parameters[0]);
    strike(call, path);
    const result = await original.apply(fs, parameters);
    if (call === "open") watch(result, path);
    return result;
  };
}

/** The functions that call back: sources are read through descriptors. */
const paths = new Map();
for (const [call, name] of [
  ["open", "open"],
  ["read", "handle.read"],
]) {
  const original = descriptors[call];
  descriptors[call] = (target, ...parameters) => {
    const callback = parameters.pop();
    const path = call === "open" ? String(target) : paths.get(target);
    try {
      if (path !== undefined) strike(name, path);
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    original(target, ...parameters, (error, ...result) => {
      if (call === "open" && error === null) paths.set(result[0], path);
      callback(error, ...result);
    });
  };
}
syncBuiltinESMExports();

function watch(handle, path) {
  for (const method of ["read", "writeFile", "sync", "close"]) {
    const original = handle[method];
    handle[method] = async (...parameters) => {
      strike(`handle.${method}`, path);
      return original.apply(handle, parameters);
    };
  }
}
