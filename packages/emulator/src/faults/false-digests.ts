import type { EmulatorResponse } from "../types.ts";
import { textOf } from "./response-body.ts";

/** Has the form of an MD5, so that only a comparison detects it. */
const WRONG_ETAG = '"0123456789abcdef0123456789abcdef"';

/** Where a response has a digest: in a header, in an element of its document, or in both. */
interface DigestPlace {
  readonly header: string;
  readonly tag: string;
  readonly wrong: string;
}

export const ETAG: DigestPlace = { header: "ETag", tag: "ETag", wrong: WRONG_ETAG };
export const CRC64: DigestPlace = { header: "x-cos-hash-crc64ecma", tag: "CRC64", wrong: "1" };

/** Replaces or removes a digest of a response. */
export function falseDigest(
  response: EmulatorResponse,
  { header, tag, wrong }: DigestPlace,
  value: "wrong" | "missing",
): EmulatorResponse {
  const { [header]: present, ...others } = response.headers;
  const headers = value === "missing" || present === undefined ? others : { ...others, [header]: wrong };
  const isObject = typeof response.body !== "string" && response.headers["Content-Length"] !== undefined;
  if (response.body === undefined || isObject) return { ...response, headers };
  const element = new RegExp(`<${tag}>[^<]*</${tag}>`);
  const instead = value === "missing" ? "" : `<${tag}>${wrong.replaceAll('"', "&quot;")}</${tag}>`;
  return { ...response, headers, body: mapped(response, (text) => text.replace(element, instead)) };
}

/** Changes a list of parts so that it differs from what is stored. */
export function falsePartList(text: string, lie: "sizes" | "etags" | "stale" | "page-loop"): string {
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

async function* mapped(
  response: EmulatorResponse,
  map: (text: string) => string,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(map(await textOf(response)));
}
