import { readFileSync } from "node:fs";
import { createCos, NodeCosClient } from "@cosup/node";
import { describe, expect, it } from "vitest";
import { METHODS } from "../../packages/core/test/support/methods.ts";
import { caseNames, needs } from "../contract/case-names.ts";
import { withTables } from "../contract/document/api-map.ts";
import { DEVIATIONS } from "../contract/document/deviations.ts";
import { FIELDS } from "../contract/document/fields.ts";
import { PARAMETERS } from "../contract/document/parameters.ts";
import document from "./document.json" with { type: "json" };

const map = readFileSync(new URL("../../docs/api-map.md", import.meta.url), "utf8");

describe("docs/api-map.md", () => {
  it("is what `node scripts/write-api-map.mjs` writes", () => {
    expect(withTables(map)).toBe(map);
  });

  it("has a case of the contract suite for each row", () => {
    const named = [...PARAMETERS, ...FIELDS, ...DEVIATIONS].map((row) => row.case);
    expect(named.filter((name) => !caseNames.includes(name))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it("has no row whose case some runtime lacks", () => {
    const named = [...PARAMETERS, ...FIELDS, ...DEVIATIONS].map((row) => row.case);
    expect(named.filter((name) => needs[name] !== undefined)).toEqual([]);
  });

  it("maps every parameter of the document, and none that it does not have", () => {
    const inDocument = Object.entries(document.methods).flatMap(([method, item]) =>
      item.parameters.map((parameter) => `${method} ${parameter}`),
    );
    expect(PARAMETERS.map(({ document: method, parameter }) => `${method} ${parameter}`)).toEqual(inDocument);
  });

  it("maps every response field of the document, and none that it does not have", () => {
    const inDocument = Object.entries(document.methods).flatMap(([method, item]) =>
      item.response.map((field) => `${method} ${field}`),
    );
    expect(FIELDS.map(({ document: method, field }) => `${method} ${field}`)).toEqual(inDocument);
  });

  it.each(PARAMETERS)("$document($parameter) is $method($ours)", ({ method, ours }) => {
    expect(NodeCosClient.prototype).toHaveProperty(method);
    expect(Object.keys(METHODS.get(method)?.parameters ?? {})).toContain(ours);
  });

  it.each(document.config)("createCos takes %s", (option) => {
    const options = {
      Region: "ap-guangzhou",
      SecretId: "id",
      SecretKey: "key",
      Token: "token",
      Scheme: "https",
    };
    expect(map).toContain(`createCos({ ${option} })`);
    expect(() => createCos({ ...options, Scheme: "https" })).not.toThrow();
    expect(() => createCos({ ...options, [option]: 1 } as never)).toThrow(option);
  });
});
