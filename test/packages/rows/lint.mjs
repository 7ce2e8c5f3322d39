// publint and "are the types wrong?" on each tarball.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { tools } from "../rig.mjs";

const require = createRequire(`${tools}package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

/** Packages without CommonJS: `require` finds an ES module there. */
const ONLY_IMPORT = ["@cosup/deno", "@cosup/workers", "@cosup/browser", "@cosup/fleet"];
/** A file for Workers, imported by `@cosup/workers` alone: it has neither types nor CommonJS. */
const WASM = "./cosup.wasm";
/** Since TypeScript 4.7 there are other resolutions; this one knows no `exports`, so it finds the main entry only. */
const OLD_RESOLUTION = "node10";

export const rows = [
  {
    name: "publint: every package",
    short: true,
    run: async (rig) => {
      const { publint } = await load("publint");
      const { formatMessage } = await load("publint/utils");
      const found = [];
      for (const { name, tarball } of rig.packed) {
        const file = readFileSync(tarball);
        const { buffer, byteOffset, length } = file;
        const pack = { tarball: buffer.slice(byteOffset, byteOffset + length) };
        const { messages, pkg } = await publint({ pack, strict: true });
        const wrong = messages.filter((message) => !isRefusal(message));
        found.push(...wrong.map((message) => `${name}: ${formatMessage(message, pkg)}`));
      }
      if (found.length > 0) throw new Error(found.join("\n"));
    },
  },
  {
    name: "are the types wrong: every package",
    short: true,
    run: async (rig) => {
      const { checkPackage, createPackageFromTarballData } = await load("@arethetypeswrong/core");
      const found = [];
      for (const { name, tarball } of rig.packed) {
        const file = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)));
        const result = await checkPackage(file, { excludeEntrypoints: [WASM] });
        // The command line is no library.
        if (result.types === false && name === "cosup") continue;
        if (result.types === false) throw new Error(`${name} has no types`);
        const wrong = result.problems.filter((problem) => !isExpected(name, problem));
        found.push(...wrong.map((problem) => `${name}: ${JSON.stringify(problem)}`));
      }
      if (found.length > 0) throw new Error(found.join("\n"));
    },
  },
];

/** What a bundle for a browser or a Worker gets of `@cosup/node` is a refusal, which has no types. */
function isRefusal({ code, path }) {
  return code === "TYPES_NOT_EXPORTED" && /\b(browser|workerd)\b/.test(path.join("."));
}

function isExpected(name, { kind, resolutionKind, entrypoint }) {
  if (ONLY_IMPORT.includes(name)) {
    return (
      resolutionKind === OLD_RESOLUTION || (kind === "CJSResolvesToESM" && resolutionKind === "node16-cjs")
    );
  }
  return resolutionKind === OLD_RESOLUTION && entrypoint !== ".";
}
