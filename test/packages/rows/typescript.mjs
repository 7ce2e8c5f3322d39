// Programs in TypeScript, by three compilers, strict, with and without the types of a browser. Libraries are checked.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/bootstrap.mjs";
import { copyProgram, run, tools } from "../rig.mjs";

const COMPILERS = {
  5.4: `${tools}node_modules/typescript-5.4/bin/tsc`,
  5.9: `${tools}node_modules/typescript-5.9/bin/tsc`,
  7: `${root}node_modules/typescript/bin/tsc`,
};
const STRICT = {
  target: "ES2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
  types: ["node"],
  typeRoots: ["../node_modules/@types"],
};
/** As Node finds packages, in both kinds of modules, and as bundlers do. */
const SETTINGS = {
  "as Node, without a browser's types": { module: "Node16", moduleResolution: "Node16", lib: ["ES2022"] },
  "as a bundler, with a browser's types": {
    module: "ESNext",
    moduleResolution: "Bundler",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
  },
};

export const rows = Object.entries(COMPILERS).flatMap(([version, compiler]) =>
  Object.entries(SETTINGS).map(([name, settings], at) => ({
    name: `TypeScript ${version} ${name}`,
    short: version === "5.9" && at === 0,
    run: async (rig) => {
      const folder = rig.folder(`typescript ${version} ${at}`);
      const files = ["typed.mts", "typed.cts"];
      for (const file of files) copyProgram("typed.ts", folder, file);
      const compilerOptions = { ...STRICT, ...settings };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      await run(process.execPath, [compiler, "-p", folder], { cwd: folder });
    },
  })),
);
