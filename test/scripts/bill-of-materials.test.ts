import { expect, test } from "vitest";
import { billOfMaterials } from "../../scripts/package/sbom.mjs";

const manifest = {
  name: "@cosup/node",
  version: "0.1.0",
  license: "MIT",
  dependencies: { "@cosup/core": "0.1.0" },
};
const bundled = [
  { name: "undici", version: "7.30.2", license: "MIT", files: ["dist/index.cjs", "dist/index.js"] },
  { name: "llhttp", version: "in undici 7.30.2", license: "MIT", files: ["dist/response-parsers.js"] },
];

test("a bill names what the files contain and what npm installs", () => {
  const { metadata, components, specVersion, bomFormat } = billOfMaterials(manifest, bundled);
  expect({ specVersion, bomFormat }).toEqual({ specVersion: "1.6", bomFormat: "CycloneDX" });
  expect(metadata.component.purl).toBe("pkg:npm/%40cosup/node@0.1.0");
  expect(components.map(({ purl }) => purl)).toEqual([
    "pkg:npm/undici@7.30.2",
    "pkg:npm/undici@7.30.2#llhttp",
    "pkg:npm/%40cosup/core@0.1.0",
  ]);
  expect(components[0]).toMatchObject({
    licenses: [{ license: { id: "MIT" } }],
    properties: [
      { name: "cosup:contained-in", value: "dist/index.cjs" },
      { name: "cosup:contained-in", value: "dist/index.js" },
    ],
  });
});

test("references are unique, and every one refers to a component", () => {
  const { metadata, components, dependencies, compositions } = billOfMaterials(manifest, bundled);
  const known = [metadata.component, ...components].map((component) => component["bom-ref"]);
  expect(new Set(known).size).toBe(known.length);
  const named = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
  const composed = compositions.flatMap((each) => [...(each.assemblies ?? []), ...(each.dependencies ?? [])]);
  expect([...named, ...composed].filter((reference) => !known.includes(reference))).toEqual([]);
});
