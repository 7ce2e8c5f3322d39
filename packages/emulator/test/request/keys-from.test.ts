import fc from "fast-check";
import { expect, test } from "vitest";
import { isAfter, keysFrom } from "../../src/request/paging.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "中", "😀", "\uffff"), maxLength: 4 });

test("keysFrom() finds what a search of every key finds, in COS's order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text), text, text, (keys, prefix, marker) => {
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const isPast = (key: string): boolean => isAfter(key, marker);
      expect([...keysFrom(sorted, prefix, isPast)]).toEqual(
        sorted.filter((key) => key.startsWith(prefix) && isPast(key)),
      );
    }),
    { numRuns: 2000 },
  );
});
