import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");

it("every file of contract cases is listed in the suite", () => {
  const suite = read("test/contract/suite.ts");
  const files = readdirSync(`${root}test/contract`).filter((name) => name.endsWith(".contract.ts"));
  expect(files.length).toBeGreaterThan(30);
  for (const file of files) {
    const [, name] = new RegExp(`import \\{ cases as (\\w+) \\} from "\\./${file}";`).exec(suite) ?? [];
    expect(suite, file).toContain(`...${name}`);
  }
});

it("all packages have one version", () => {
  const { version } = JSON.parse(read("package.json")) as { readonly version: string };
  const manifests = readdirSync(`${root}packages`)
    .flatMap((name) => [`packages/${name}/package.json`, `packages/${name}/deno.json`])
    .filter((path) => existsSync(root + path));
  expect(manifests.length).toBeGreaterThan(7);
  for (const path of [...manifests, "core-as/package.json"])
    expect(JSON.parse(read(path)), path).toMatchObject({ version });
  expect(read("packages/core/src/version.ts")).toContain(`"${version}"`);
});
