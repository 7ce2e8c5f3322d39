import { expect, test } from "vitest";
import { bundledVersions, concerned, isInRange } from "../../scripts/package/advisories.mjs";

const bundles = [
  {
    name: "node",
    packages: [
      { name: "undici", version: "7.30.2" },
      { name: "llhttp", version: "in undici 7.30.2" },
      { name: "picomatch", version: "4.0.7" },
    ],
  },
  { name: "core", packages: [{ name: "fast-xml-parser", version: "5.12.1" }] },
];

test("each bundled package is asked for once, code inside a package by that package", () => {
  expect(bundledVersions(bundles)).toEqual({
    undici: ["7.30.2"],
    picomatch: ["4.0.7"],
    "fast-xml-parser": ["5.12.1"],
  });
});

test("an advisory names each package of ours that contains the version", () => {
  const advisory = { title: "a hole", url: "https://example.com/1", severity: "high" };
  const found = concerned(bundles, {
    undici: [{ ...advisory, vulnerable_versions: ">=7.0.0 <7.31.0" }],
    "fast-xml-parser": [{ ...advisory, vulnerable_versions: "<5.12.1" }],
    other: [{ ...advisory, vulnerable_versions: "*" }],
  });
  expect(found).toEqual(["packages/node contains undici 7.30.2: high, a hole (https://example.com/1)"]);
});

test.each([
  ["7.30.2", ">=6.0.0 <6.21.2 || >=7.0.0 <7.30.3", true],
  ["7.30.2", ">=6.0.0 <6.21.2", false],
  ["7.30.2", "<= 7.30.2", true],
  ["7.30.2", ">7.30.2", false],
  ["7.30.2", "<7.4.0", false],
  ["7.30.2", "7.30.2", true],
  ["7.30.2", "=7.30.1", false],
  ["7.30.2", "*", true],
  ["7.0.0-rc.1", "<7.0.0", true],
  ["7.0.0", "<=7.0.0-rc.1", false],
  // A range that is not understood is looked at by a person.
  ["7.30.2", "~7.1", true],
])("%s is in %s: %s", (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected);
});
