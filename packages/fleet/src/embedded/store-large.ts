import type { ManifestEntry } from "../manifest/entry.ts";
import { completeLarge } from "../transfer/complete-large.ts";
import { failureOf } from "../transfer/failure.ts";
import { abortLarge, initiateLarge } from "../transfer/large-upload.ts";
import { planLarge } from "../transfer/plan-large.ts";
import { transferRange } from "../transfer/transfer-range.ts";
import type { LargePlan, ObjectResult, SourceFacts } from "../transfer/types.ts";
import type { Ledger } from "./ledger.ts";
import type { UnfinishedUpload } from "./ledger-state.ts";
import type { RunContext } from "./run-options.ts";

/** An entry of the manifest at work. */
export interface LedgerEntry {
  readonly line: number;
  readonly id: string;
  readonly entry: ManifestEntry;
}

/** Stores a large object, or goes on with the upload that the ledger has of it. */
export async function storeLarge(
  context: RunContext,
  ledger: Ledger,
  work: LedgerEntry,
  facts: SourceFacts,
): Promise<ObjectResult> {
  const found = await usableUpload(context, ledger, work, facts);
  const begun = found ?? (await begin(context, ledger, work, facts));
  const plan = planLarge(begun.facts, begun.partSize);
  try {
    return await storeParts(context, ledger, { ...begun, plan }, work, found !== undefined);
  } catch (error) {
    const { code, permanent } = failureOf(error);
    // Its parts are of no use any more. Otherwise the next attempt or the next run goes on with them.
    if (permanent && !context.signal.aborted) await endUpload(context, ledger, begun);
    else if (code === "upload-gone") await ledger.add({ type: "end", line: work.line });
    throw error;
  }
}

/** The upload of this entry in the ledger. One of another entry that had this line, or of other bytes, is aborted. */
async function usableUpload(
  context: RunContext,
  ledger: Ledger,
  { line, id }: LedgerEntry,
  { fingerprint }: SourceFacts,
): Promise<UnfinishedUpload | undefined> {
  const found = ledger.state.uploads.get(line);
  if (found === undefined || (found.id === id && found.facts.fingerprint === fingerprint)) return found;
  await endUpload(context, ledger, found);
  return undefined;
}

/** Aborts an upload of the ledger. */
export async function endUpload(
  context: RunContext,
  ledger: Ledger,
  { line, key, uploadId }: Pick<UnfinishedUpload, "line" | "key" | "uploadId">,
): Promise<void> {
  await abortLarge(context, { entry: { source: "", key }, uploadId });
  await ledger.add({ type: "end", line });
}

async function begin(
  context: RunContext,
  ledger: Ledger,
  { line, id, entry }: LedgerEntry,
  facts: SourceFacts,
): Promise<UnfinishedUpload> {
  const { partSize } = planLarge(facts, context.partSize);
  const { key } = entry;
  // Before and after: a run that is killed in between knows where to look for the upload.
  await ledger.add({ type: "begin", line, id, key });
  const uploadId = await initiateLarge(context, entry, facts);
  await ledger.add({ type: "upload", line, id, key, uploadId, facts, partSize });
  const begun = ledger.state.uploads.get(line);
  if (begun === undefined) throw new Error("unreachable: the ledger has just got this upload");
  return begun;
}

async function storeParts(
  context: RunContext,
  ledger: Ledger,
  upload: UnfinishedUpload & { readonly plan: LargePlan },
  { line, entry }: LedgerEntry,
  isRepeat: boolean,
): Promise<ObjectResult> {
  const { facts, plan, uploadId, parts } = upload;
  const task = { entry, facts, plan, uploadId };
  for (const range of plan.ranges) {
    const known = [...parts.values()];
    const onPart = (part: (typeof known)[number]): Promise<void> =>
      ledger.add({ type: "part", line, ...part });
    await transferRange(context, { ...task, ...range, known, isRepeat, onPart });
  }
  const result = await completeLarge(context, { ...task, parts: [...parts.values()] });
  // An object that an earlier Complete of this upload has published was sent by it.
  return { ...result, sent: true };
}
