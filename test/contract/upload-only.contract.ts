import type { CosClient } from "@cosup/core";
import { cases as completion } from "./completion.contract.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { cases as resume } from "./resume.contract.ts";

/** A rig whose new clients can only upload. `client` has all methods: cases look with it at what was stored. */
function uploading(rig: Rig): Rig {
  return {
    ...rig,
    // The cases below call no other method of the clients that they create.
    createClient: (...given) => rig.createUploadClient(...given) as CosClient,
  };
}

/** Promises of an upload, kept again by the client that has nothing else. */
export const cases: readonly ContractCase[] = [...completion, ...resume].map((contract) => ({
  ...contract,
  name: `a client that only uploads: ${contract.name}`,
  run: (t, rig) => contract.run(t, uploading(rig)),
}));
