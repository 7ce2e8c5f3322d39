import type { ManifestEntry } from "../manifest/entry.ts";
import { completeLarge } from "../transfer/complete-large.ts";
import { failureOf } from "../transfer/failure.ts";
import { findIdenticalLarge } from "../transfer/find-identical.ts";
import { abortLarge, initiateLarge } from "../transfer/large-upload.ts";
import { planLarge } from "../transfer/plan-large.ts";
import { transferRange } from "../transfer/transfer-range.ts";
import type { LargePlan, ObjectResult, PartResult, SourceFacts } from "../transfer/types.ts";
import type { EntryParts } from "./entry-parts.ts";
import type { Ledger } from "./ledger.ts";
import type { UnfinishedUpload } from "./ledger-state.ts";
import type { RunContext } from "./run-options.ts";

/** An entry of the manifest at work. */
export interface LedgerEntry {
  readonly line: number;
  readonly id: string;
  readonly entry: ManifestEntry;
  /** What the run has done of it so far. */
  readonly parts: EntryParts;
}

/** An entry that is stored. */
export interface StoredEntry {
  readonly result: ObjectResult;
  /** What the source was; undefined: it was not asked. */
  readonly facts: SourceFacts | undefined;
  /** Requests that carried bytes, or copied them. */
  readonly partsSent: number;
  /** Parts that COS held before this run. */
  readonly partsResumed: number;
}

interface LargeSource {
  readonly facts: SourceFacts;
  /** Whether it may be stored already. */
  readonly isRepeat: boolean;
}

/** Stores a large object, or goes on with the upload that the ledger has of it. */
export async function storeLarge(
  context: RunContext,
  ledger: Ledger,
  work: LedgerEntry,
  { facts, isRepeat }: LargeSource,
): Promise<StoredEntry> {
  const found = await usableUpload(context, ledger, work, facts);
  const isLost = isRepeat && found === undefined;
  const same = isLost ? await findIdenticalLarge(context, work.entry, facts) : undefined;
  if (same !== undefined) return { result: same, facts, partsSent: 0, partsResumed: 0 };
  const begun = found ?? (await begin(context, ledger, work, facts));
  const plan = planLarge(begun.facts, begun.partSize);
  try {
    const result = await storeParts(context, ledger, { ...begun, plan }, work, found !== undefined);
    return { result, facts, partsSent: work.parts.sent, partsResumed: work.parts.resumed };
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
  { line, id, entry, parts }: LedgerEntry,
  facts: SourceFacts,
): Promise<UnfinishedUpload> {
  parts.clear();
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
  { line, entry, parts: counted }: LedgerEntry,
  isRepeat: boolean,
): Promise<ObjectResult> {
  const { facts, plan, uploadId, parts } = upload;
  const task = { entry, facts, plan, uploadId };
  const count = (part: PartResult): void => {
    if (counted.add(part)) context.onResumed(part.size);
  };
  for (const part of parts.values()) count(part);
  for (const range of plan.ranges) {
    const known = [...parts.values()];
    const onPart = async (part: PartResult): Promise<void> => {
      count(part);
      await ledger.add({ type: "part", line, ...part });
    };
    await transferRange(context, { ...task, ...range, known, isRepeat, onPart });
  }
  const result = await completeLarge(context, { ...task, parts: [...parts.values()] });
  // An object that an earlier Complete of this upload has published was sent by it.
  return { ...result, sent: true };
}
