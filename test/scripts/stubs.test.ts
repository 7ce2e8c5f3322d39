import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stubs } from "../../scripts/stubs.mjs";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cosup-stubs-"));
  writeFileSync(join(folder, "index.js"), `import { value } from "./heavy.js"; console.log(value);`);
  writeFileSync(join(folder, "heavy.js"), `export const value = "heavy";`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function bundle(replaced: Readonly<Record<string, string>>, importer = /index\.js$/): Promise<string> {
  return build({
    entryPoints: [join(folder, "index.js")],
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    plugins: [stubs("sample", importer, replaced)],
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? "");
}

describe("stubs of a bundle", () => {
  it("take the place of what is imported", async () => {
    const text = await bundle({ "./heavy.js": `export const value = "light";` });
    expect(text).toContain("light");
    expect(text).not.toContain(`"heavy"`);
  });

  it("fail the build when nothing imports them", async () => {
    const gone = { "./heavy.js": `export const value = "light";`, "./renamed.js": "" };
    await expect(bundle(gone)).rejects.toThrow("stubs of sample that nothing imports: ./renamed.js");
  });

  it("fail the build when only other modules import them", async () => {
    await expect(bundle({ "./heavy.js": "" }, /another\.js$/)).rejects.toThrow("./heavy.js");
  });
});
