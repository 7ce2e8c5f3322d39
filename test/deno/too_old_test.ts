import { requireDeno } from "../../packages/deno/oldest.ts";
import { assert, test } from "./rig.ts";

test("a Deno that is too old is named, with the oldest that is supported", () => {
  for (const version of ["1.46.3", "2.0.0", "2.8.3"])
    assert.throws(() => requireDeno(version), {
      message: `@cosup/deno needs Deno 2.9 or later: this is Deno ${version}`,
    });
});

test("this Deno and later ones are not", () => {
  for (const version of [Deno.version.deno, "2.9.0", "2.10.1", "3.0.0"]) requireDeno(version);
});
