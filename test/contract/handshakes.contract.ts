import { TransportError } from "@cosup/core";
import type { ContractCase } from "./contract.ts";

export const cases: readonly ContractCase[] = [
  {
    // The server notes what each handshake offers by ALPN: docs/runtimes.md has it.
    name: "a server whose certificate no authority has issued gets no object",
    run: async (t, { createClient, untrusted, Bucket, uniqueKey }) => {
      const client = createClient({ Endpoint: `${untrusted.cosup}/{Bucket}`, maxAttempts: 1 });
      await t.throws(
        () => client.putObject({ Bucket, Key: uniqueKey("untrusted"), Body: "x" }),
        TransportError,
      );
      await t.throws(() => fetch(untrusted.fetch), Error);
    },
  },
];
