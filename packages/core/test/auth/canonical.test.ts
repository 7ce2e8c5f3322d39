import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalList } from "../../src/auth/canonical.ts";
import { signedHeaders } from "../../src/auth/signed-headers.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const distinct = fc.uniqueArray(fc.tuple(text, text), {
  selector: ([name]) => encodeURIComponent(name).toLowerCase(),
  maxLength: 8,
});

test("canonicalList() does not depend on the order of the pairs", () => {
  fc.assert(
    fc.property(distinct, fc.nat(), (pairs, turn) => {
      const cut = pairs.length === 0 ? 0 : turn % pairs.length;
      const turned = [...pairs.slice(cut), ...pairs.slice(0, cut)];
      expect(canonicalList(turned)).toEqual(canonicalList(pairs));
    }),
  );
});

test("canonicalList() sorts by encoded name, and names and text agree", () => {
  fc.assert(
    fc.property(distinct, (pairs) => {
      const list = canonicalList(pairs);
      const names =
        list.text === "" && pairs.length === 0 ? [] : list.text.split("&").map((pair) => pair.split("=")[0]);
      expect(names).toEqual([...names].sort());
      expect(names.join(";")).toBe(list.names);
    }),
  );
});

test("canonicalList() can be decoded to what went in", () => {
  fc.assert(
    fc.property(distinct, (pairs) => {
      const { text: list } = canonicalList(pairs);
      const values =
        pairs.length === 0 ? [] : list.split("&").map((pair) => decodeURIComponent(pair.split("=")[1] ?? ""));
      expect(values.sort()).toEqual(pairs.map(([, value]) => value).sort());
      expect(list).toMatch(/^[A-Za-z0-9\-_.~%=&]*$/);
    }),
  );
});

test("canonicalList() lower-cases the escapes of names and keeps those of values", () => {
  expect(canonicalList([["Ä/", "Ä/!'()*"]])).toEqual({
    names: "%c3%84%2f",
    text: "%c3%84%2f=%C3%84%2F%21%27%28%29%2A",
  });
});

test("canonicalList() keeps the order of pairs whose names are equal once they are encoded", () => {
  const pairs = [
    ["b", "1"],
    ["A", "3"],
    ["a", "2"],
    ["a", "1"],
    ["B", "0"],
  ] as const;
  expect(canonicalList(pairs)).toEqual({ names: "a;a;a;b;b", text: "a=3&a=2&a=1&b=1&b=0" });
});

test("signedHeaders() takes x-cos-*, x-ci-* and the known names in any case, and no empty value", () => {
  const headers = {
    "Content-Type": "text/plain",
    "X-Cos-Acl": "private",
    "x-ci-process": "a",
    "content-language": "de",
    "user-agent": "x",
    date: "now",
    "x-custom": "1",
    "cache-control": "",
  };
  expect(signedHeaders(headers).map(([name]) => name)).toEqual(["Content-Type", "X-Cos-Acl", "x-ci-process"]);
});
