import { readFileSync } from "node:fs";
import COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRig, PLACE, type Rig, refusal } from "./official-client.ts";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");
const rowsBelow = (title: string): string[][] =>
  (readme.split(`## ${title}\n`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
const namesIn = (cell = ""): string[] => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");

const withCase = rowsBelow("Methods with a case").map(([, methods, file]) => ({
  methods: namesIn(methods),
  file: /\((.*)\)/.exec(file ?? "")?.[1] ?? "",
}));
const without = rowsBelow("Methods without a case").map(([, methods, reason]) => ({
  methods: namesIn(methods),
  refused: reason?.includes("501") ?? false,
}));

/** Every method of the SDK, without the names that it calls deprecated and its private ones. */
function methodsOfSdk(): string[] {
  const client: object = new COS({ SecretId: "id", SecretKey: "key" });
  const own = Object.entries(client).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
  const all = [...Object.getOwnPropertyNames(COS.prototype), ...own];
  return all
    .filter((name) => name !== "constructor" && !name.startsWith("_") && !/(ACL|CORS)$/.test(name))
    .sort();
}

test("the page lists every method of the SDK once", () => {
  expect([...withCase, ...without].flatMap(({ methods }) => methods).sort()).toEqual(methodsOfSdk());
});

test.each(withCase)("$methods has a case in $file", ({ methods, file }) => {
  const source = readFileSync(new URL(file, import.meta.url), "utf8");
  const titles = [...source.matchAll(/^ *test\("([\w, ]+):/gm)].flatMap(
    (match) => match[1]?.split(", ") ?? [],
  );
  for (const method of methods) expect(titles).toContain(method);
});

describe("what the page calls refused is 501 NotImplemented:", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig.stop());

  const refused = without.filter((row) => row.refused).flatMap(({ methods }) => methods);
  test.each(refused)("%s", async (method) => {
    const cos = rig.client() as unknown as Record<string, (parameters: object) => Promise<unknown>>;
    const outcome = refusal(
      cos[method]?.({
        ...PLACE,
        Key: "object",
        Id: "id",
        SelectType: 2,
        SelectRequest: {},
        Policy: { version: "2.0", Statement: [] },
        Tags: [{ Key: "k", Value: "v" }],
        ReplicationConfiguration: { Role: "r", Rules: [] },
        WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" } },
        RefererConfiguration: { Status: "Enabled", DomainList: { Domains: ["a.example"] } },
        DomainRule: [],
        OriginRule: [],
        BucketLoggingStatus: {},
        InventoryConfiguration: { Id: "id" },
        AccelerateConfiguration: { Status: "Enabled" },
        ServerSideEncryptionConfiguration: { Rule: [] },
      }) ?? Promise.resolve(),
    );
    expect(await outcome).toMatchObject({ statusCode: 501, code: "NotImplemented" });
  });
});
