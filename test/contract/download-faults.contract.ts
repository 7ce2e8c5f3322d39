import { CosError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";
import { textBytes } from "./fixtures/bytes.ts";
import { DOWNLOAD_FAULTS, faultPrefix } from "./fixtures/download-faults.ts";
import { downloadCase, getsMeet } from "./fixtures/downloads.ts";

/** The attempts of each request. Deadlines are short where a stall has to wait for one. */
const PATIENT = { maxAttempts: 3 };
const SHORT = { maxAttempts: 2, responseTimeoutMs: 1500 };
/** Of an object of four ranges, without a fault. */
const REQUESTS = 4;

/** The same verdicts in every runtime: a file that is complete, or an error and the file that was there. */
export const cases: readonly ContractCase[] = DOWNLOAD_FAULTS.map(
  ({ name, verdict, stalls }, number): ContractCase => ({
    name: `downloadFile() meets ${name}: ${verdict}`,
    needs: "files",
    run: async (t, rig) => {
      const one = await downloadCase(rig, undefined, { prefix: faultPrefix(number) });
      await one.files.write(one.path, textBytes("old"));
      const script = getsMeet(undefined);
      const client = stalls ? { options: SHORT, realTime: true } : { options: PATIENT };
      const code = await one.download({ MAXThread: 1 }, script, client).then(
        () => "done",
        (error: unknown) => (error instanceof CosError ? error.code : String(error)),
      );
      t.equal(code, verdict, "verdict");
      if (verdict === "done") t.ok(script.count("GetObject") > REQUESTS, "a further request");
      const expected = verdict === "done" ? one.bytes : textBytes("old");
      t.bytes(await one.files.read(one.path), expected, "the file");
      t.deepEqual(await one.files.names(one.folder), ["file.bin"], "names");
    },
  }),
);
