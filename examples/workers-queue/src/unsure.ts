/**
 * An unfinished upload that may be of this move, whose id was lost, or of another program: COS does not show who began it.
 * Nothing here uses or aborts it.
 */
export interface UnsureUpload {
  /** In COS. */
  readonly key: string;
  /** `null`: COS could not be asked. There may be none. */
  readonly uploadId: string | null;
}

/** As the status has it. */
export interface ReportedUpload extends UnsureUpload {
  /** The command that aborts it, or, without an id, lists the uploads of the key. */
  readonly hint: string;
}

/** Uploads of one object that are recorded, and that a status names. */
export const NAMED_UPLOADS = 100;

export function reportedUpload(bucket: string, { key, uploadId }: UnsureUpload): ReportedUpload {
  const target = quoted(`cos://${bucket}/${key}`);
  const hint =
    uploadId === null
      ? `cosup uploads ls ${target}`
      : `cosup uploads abort ${target} --upload-id ${quoted(uploadId)}`;
  return { key, uploadId, hint };
}

/** What a status says of them. Empty: there are none. */
export function unsureText(count: number, named: readonly ReportedUpload[]): string[] {
  if (count === 0) return [];
  const uploads = count === 1 ? "upload is" : "uploads are";
  const reason = "each may be one whose id was lost, or of another program, and is left alone";
  const sentences = [`${count} unfinished ${uploads} unsure: ${reason}.`];
  for (const { key, uploadId, hint } of named)
    sentences.push(`${key}, ${uploadId === null ? "unknown id" : `upload id ${uploadId}`}: ${hint}`);
  if (count > named.length) sentences.push(`${count - named.length} more are unsure.`);
  return sentences;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
