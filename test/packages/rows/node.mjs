// Node, with `import` and with `require`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { binaries } from "../../../tools/runtimes/install.mjs";
import { copyProgram, runUser, tools } from "../rig.mjs";

const BINARIES = {
  20.18: `${tools}node_modules/node20-18/bin/node`,
  20: process.execPath,
  22: `${tools}node_modules/node22/bin/node`,
  24: binaries.node24,
  26: `${tools}node_modules/node26/bin/node`,
};

export const rows = Object.entries(BINARIES).flatMap(([version, binary]) =>
  ["mjs", "cjs"].map((ending) => ({
    name: `Node ${version}, ${ending === "mjs" ? "import" : "require"}`,
    short: binary === process.execPath,
    run: async (rig) => {
      if (!existsSync(binary)) throw new Error(`${binary} is not there`);
      const program = copyProgram("use.mjs", rig.folder("node"), `use.${ending}`);
      await runUser(binary, [program, rig.endpoint]);
    },
  })),
);

rows.push({
  name: "Node 20, import and require in one program",
  short: true,
  run: async (rig) => {
    const program = copyProgram("both.mjs", rig.folder("both"), "both.cjs");
    await runUser(process.execPath, [program, rig.endpoint]);
  },
});

rows.push({
  name: "Jest in its default environment",
  run: async (rig) => {
    const folder = rig.folder("jest");
    copyProgram("jest.mjs", folder, "upload.test.cjs");
    const words = ["--rootDir", folder, "--testMatch", "**/*.test.cjs", "--ci", "--verbose"];
    await runUser(process.execPath, [join(tools, "node_modules/jest/bin/jest.js"), ...words], {
      cwd: folder,
    });
  },
});
