import { ArgumentTypeError } from "@cosup/node";
import type { CopyFlags } from "./copy-flags.ts";
import { NOT_OF_MANIFESTS } from "./not-of-manifests.ts";

const REASON =
  "must not be given with --manifest-in: its entries say what is stored, its ledger what is done";

/** @throws {TypeError} one of them is given */
export function refuseManifestFlags(flags: CopyFlags): void {
  const given = NOT_OF_MANIFESTS.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new ArgumentTypeError(given, REASON);
  if (flags.contentType !== "auto") throw new ArgumentTypeError("ContentType", REASON);
  if (flags.cosignore === false) throw new ArgumentTypeError("cosignore", REASON);
}

/** @throws {TypeError} a flag of `--manifest-in` is given without it */
export function refuseManifestOnly(flags: CopyFlags): void {
  const given = (["ledger", "root", "skipBadLines"] as const).find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new ArgumentTypeError(given, "belongs to --manifest-in");
}
