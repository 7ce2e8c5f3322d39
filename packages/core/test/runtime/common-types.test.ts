import { mimes } from "mrmime";
import { expect, test } from "vitest";
import { commonTypeOf } from "../../src/runtime/common-types.ts";

test("the common types are those of the whole table, with which other runtimes infer", () => {
  const known = Object.keys(mimes).filter((extension) => commonTypeOf(extension) !== undefined);
  expect(known).toHaveLength(26);
  for (const extension of known) expect(commonTypeOf(extension), extension).toBe(mimes[extension]);
});

test.each(["constructor", "__proto__", "", "HTML"])("%j has no type", (extension) => {
  expect(commonTypeOf(extension)).toBeUndefined();
});
