/** One part as Complete names it. */
export interface CompletedPart {
  /** 1 to 10 000. */
  readonly PartNumber: number;
  /** As COS returned it, with or without its quotes. */
  readonly ETag: string;
}

/** The body of Complete Multipart Upload. */
export function completeDocument(parts: readonly CompletedPart[]): string {
  const items = parts.map(
    ({ PartNumber, ETag }) =>
      `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${escapeText(ETag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`;
}

/** Text as it stands between two tags. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
