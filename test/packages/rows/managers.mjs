// Other package managers than npm.
import { cpSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { copyProgram, run, runUser, tools } from "../rig.mjs";

export const rows = [
  {
    name: "pnpm, with its own layout of node_modules",
    run: async (rig) => {
      const folder = rig.elsewhere("pnpm");
      // Published, `@cosup/core` would come from the registry.
      const files = Object.fromEntries(
        ["@cosup/core", "@cosup/node"].map((name) => {
          const [tarball = ""] = rig.tarballsOf(name);
          cpSync(tarball, join(folder, basename(tarball)));
          return [name, `file:./${basename(tarball)}`];
        }),
      );
      const pnpm = { overrides: { "@cosup/core": files["@cosup/core"] } };
      const dependencies = { "@cosup/node": files["@cosup/node"] };
      writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies, pnpm }));
      const command = [
        `${tools}node_modules/pnpm/bin/pnpm.cjs`,
        "install",
        "--prefer-offline",
        "--ignore-scripts",
      ];
      await run(process.execPath, [...command, "--store-dir", join(rig.home, "pnpm-store")], { cwd: folder });
      const program = copyProgram("use.mjs", folder);
      await runUser(process.execPath, [program, rig.endpoint], { cwd: folder });
    },
  },
];
