import { expect, test, vi } from "vitest";
import { remembering } from "../../src/auth/remembering.ts";

test("remembering() computes a text once, and those beyond its limit each time", () => {
  const make = vi.fn((text: string) => text.toUpperCase());
  const upper = remembering(2, make);
  const texts = ["a", "b", "c", "b", "a", "c", "c", "a"];
  expect(texts.map(upper)).toEqual(["A", "B", "C", "B", "A", "C", "C", "A"]);
  expect(make.mock.calls.map(([text]) => text)).toEqual(["a", "b", "c", "c", "c"]);
});
