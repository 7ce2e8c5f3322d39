import { TREES } from "../directories/table.ts";
import { expectedFate, uploadTree } from "../directories/upload.ts";
import { assert, Bucket, client, test } from "./rig.ts";

const asRoot = Deno.uid() === 0;
const onLinux = Deno.build.os === "linux";
let number = 0;

// The table of the Node adapter. A walk in Deno stats every file, as Node's does when sizes are asked for.
for (const [about, trees] of Object.entries(TREES)) {
  for (const tree of trees) {
    const impossible = tree.needs === "permissions" ? asRoot : tree.needs === "linux" && !onLinux;
    test(
      `${about}: ${tree.name}`,
      async () => {
        await using cos = client();
        number += 1;
        const Prefix = tree.bare ? "" : `trees/${number}/`;
        const fate = await uploadTree(tree, { client: cos, Bucket, Prefix });
        assert.deepEqual(fate, expectedFate(tree, true));
      },
      impossible,
    );
  }
}
