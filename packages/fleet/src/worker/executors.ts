import type { ManifestEntry } from "../manifest/entry.ts";
import type { OpenUpload } from "../transfer/large-upload.ts";
import type {
  LargePlan,
  LargeUpload,
  ObjectResult,
  PartResult,
  RangeTask,
  SourceFacts,
  TransferContext,
} from "../transfer/types.ts";

/** What sends bytes: the functions of `../transfer`. Any machine can do any step. */
export interface Executors {
  transferSmall(
    context: TransferContext,
    entry: ManifestEntry,
    options: { readonly isRepeat: boolean },
  ): Promise<ObjectResult>;
  probeSource(context: TransferContext, entry: ManifestEntry): Promise<SourceFacts>;
  findIdenticalLarge(
    context: TransferContext,
    entry: ManifestEntry,
    facts: SourceFacts,
  ): Promise<ObjectResult | undefined>;
  planLarge(facts: SourceFacts, partSize?: number): LargePlan;
  initiateLarge(context: TransferContext, entry: ManifestEntry, facts: SourceFacts): Promise<string>;
  transferRange(context: TransferContext, task: RangeTask): Promise<PartResult[]>;
  completeLarge(
    context: TransferContext,
    upload: LargeUpload & { readonly parts: readonly PartResult[] },
  ): Promise<ObjectResult>;
  openUploads(context: TransferContext, key: string): Promise<readonly OpenUpload[]>;
  abortLarge(
    context: TransferContext,
    upload: { readonly entry: ManifestEntry; readonly uploadId: string },
  ): Promise<void>;
}
