import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ALLOWED, findWords, WORDS } from "../../scripts/words.mjs";

const found = (text: string, path = "sample.ts") => findWords(path, text).map(({ word }) => word);

describe("the word check", () => {
  it("finds a word in prose, with its line and the word used instead", () => {
    const text = "// Sends the request.\n// Waits for the answer of COS.\n";
    expect(findWords("sample.ts", text)).toEqual([{ line: 2, word: "answer", use: "response, respond" }]);
  });

  it.each([
    ["/** Proven by CRC64. */", ["prove"]],
    ["const sendProven = prove(losesAnswer);", ["answer", "prove"]],
    ["const ANSWER_MS = 60_000;", ["answer"]],
    ["// Begins anew, lest whoever waits is told of it twice.", ["anew", "whoever", "told of", "lest"]],
    ["lendCore: (bytes) => pool.lend(bytes),", ["lendCore"]],
    ["resident: false, // resident memory", ["resident"]],
  ])("finds %s", (line, words) => {
    expect(found(line)).toEqual(words);
  });

  it("finds nothing in plain words and in other words that contain one of the list", () => {
    expect(found("// Verifies the response: improve, provenance, approve, a proofreader's celest.")).toEqual(
      [],
    );
    expect(found("// The peak of its resident memory")).toEqual([]);
  });

  it("has no word twice", () => {
    const names = WORDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has no exception that nothing needs any more", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const stale = ALLOWED.filter(({ path, text }) => !readFileSync(root + path, "utf8").includes(text));
    expect(stale).toEqual([]);
  });
});
