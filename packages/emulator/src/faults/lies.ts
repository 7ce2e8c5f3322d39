import type { EmulatorResponse } from "../types.ts";
import { textOf } from "./answer-bytes.ts";

/** Of the right MD5 form, so that only a comparison shows it. */
const WRONG_ETAG = '"0123456789abcdef0123456789abcdef"';

/** Where a digest stands: a header, an element of the document, or both. */
interface DigestPlace {
  readonly header: string;
  readonly tag: string;
  readonly wrong: string;
}

export const ETAG: DigestPlace = { header: "ETag", tag: "ETag", wrong: WRONG_ETAG };
export const CRC64: DigestPlace = { header: "x-cos-hash-crc64ecma", tag: "CRC64", wrong: "1" };

/** Another digest, or none, where the answer gives one. */
export function lieAboutDigest(
  answer: EmulatorResponse,
  { header, tag, wrong }: DigestPlace,
  value: "wrong" | "missing",
): EmulatorResponse {
  const { [header]: present, ...others } = answer.headers;
  const headers = value === "missing" || present === undefined ? others : { ...others, [header]: wrong };
  const isObject = typeof answer.body !== "string" && answer.headers["Content-Length"] !== undefined;
  if (answer.body === undefined || isObject) return { ...answer, headers };
  const element = new RegExp(`<${tag}>[^<]*</${tag}>`);
  const instead = value === "missing" ? "" : `<${tag}>${wrong.replaceAll('"', "&quot;")}</${tag}>`;
  return { ...answer, headers, body: mapped(answer, (text) => text.replace(element, instead)) };
}

/** A listing that is not what is stored. */
export function lieAboutParts(text: string, lie: "sizes" | "etags" | "stale" | "page-loop"): string {
  switch (lie) {
    case "sizes":
      return text.replace(/<Size>(\d+)<\/Size>/g, (_, size: string) => `<Size>${Number(size) + 1}</Size>`);
    case "etags":
      return text.replace(/<ETag>[^<]*<\/ETag>/g, `<ETag>${WRONG_ETAG.replaceAll('"', "&quot;")}</ETag>`);
    case "stale":
      return text.replace(/<Part>(?:(?!<Part>).)*<\/Part>(?!.*<Part>)/s, "");
    case "page-loop": {
      const marker = /<PartNumberMarker>(\d+)</.exec(text)?.[1] ?? "0";
      const stuck = `<NextPartNumberMarker>${marker}</NextPartNumberMarker><IsTruncated>true</IsTruncated>`;
      return text
        .replace(/<NextPartNumberMarker>\d+<\/NextPartNumberMarker>/, "")
        .replace(/<IsTruncated>\w+<\/IsTruncated>/, stuck);
    }
  }
}

async function* mapped(answer: EmulatorResponse, map: (text: string) => string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(map(await textOf(answer)));
}
