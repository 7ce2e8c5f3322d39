import type { RetryContext } from "../http/retry.ts";
import { type ListObjectsParameters, type ListObjectsResult, listObjects } from "../requests/list-objects.ts";
import { percentDecode } from "../text/percent.ts";
import { MarkerCheck } from "./marker-check.ts";

/** The pages of a list of objects; keys and prefixes are requested percent-encoded and yielded decoded. */
export async function* objectPages(
  context: RetryContext,
  parameters: ListObjectsParameters,
): AsyncGenerator<Pick<ListObjectsResult, "Contents" | "CommonPrefixes">, void, undefined> {
  let marker = parameters.Marker ?? "";
  const check = new MarkerCheck("listObjects", marker);
  for (;;) {
    const page = await listObjects(context, { ...parameters, EncodingType: "url", Marker: marker });
    const decode = page.EncodingType === "url" ? percentDecode : (text: string): string => text;
    yield {
      Contents: page.Contents.map((object) => ({ ...object, Key: decode(object.Key) })),
      CommonPrefixes: page.CommonPrefixes.map(({ Prefix }) => ({ Prefix: decode(Prefix) })),
    };
    if (!page.IsTruncated) return;
    marker = decode(nextMarkerOf(page));
    check.next(marker);
  }
}

/** S3-compatible servers name no next marker without a delimiter: the last key is one. */
function nextMarkerOf({ NextMarker, Contents }: ListObjectsResult): string {
  return NextMarker ?? Contents.at(-1)?.Key ?? "";
}
