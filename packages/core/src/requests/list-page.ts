import type { CallOptions } from "../params/call-options.ts";
import { text } from "../params/checks.ts";
import { BUCKET, CALL, ENCODING_TYPE } from "../params/shared-parameters.ts";
import { booleanOf, elementsOf, textOf, type XmlElement } from "../xml/document.ts";
import type { CosResult } from "./cos-result.ts";

// What the lists of a bucket share: of objects, of versions, of unfinished uploads.

/** The parameters that every list of a bucket has. */
export const LIST = {
  Bucket: BUCKET,
  ...CALL,
  Prefix: { check: text, query: "prefix" },
  Delimiter: { check: text, query: "delimiter" },
  EncodingType: ENCODING_TYPE,
} as const;

/** The parameters that every list of a bucket has. */
export interface ListParameters extends CallOptions {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** List only keys that begin with this. */
  readonly Prefix?: string | undefined;
  /** Keys that are equal from `Prefix` up to this are one entry of `CommonPrefixes`: with `/`, the folders. */
  readonly Delimiter?: string | undefined;
  /**
   * `url`: keys, prefixes and markers in the response are percent-encoded. Without it, a key with control characters makes
   * a document that no XML parser accepts.
   */
  readonly EncodingType?: "" | "url" | undefined;
}

/** What every page of a list has. */
export interface ListPage extends CosResult {
  /** What the keys begin with. */
  readonly Prefix: string;
  /** Keys that are equal up to this are one entry of `CommonPrefixes`. */
  readonly Delimiter: string;
  /** Whether there is another page. */
  readonly IsTruncated: boolean;
  /** `url` when the keys in the response are percent-encoded. */
  readonly EncodingType: string | undefined;
  /** What keys have in common up to the delimiter. */
  readonly CommonPrefixes: readonly { readonly Prefix: string }[];
}

/** Reads what every page of a list has. */
export function readPage(document: XmlElement): Omit<ListPage, keyof CosResult> {
  return {
    Prefix: textOf(document, "Prefix") ?? "",
    Delimiter: textOf(document, "Delimiter") ?? "",
    IsTruncated: booleanOf(document, "IsTruncated"),
    EncodingType: readEncodingType(document),
    CommonPrefixes: elementsOf(document, "CommonPrefixes").map((item) => ({
      Prefix: textOf(item, "Prefix") ?? "",
    })),
  };
}

/** COS spells it differently in each of its lists. */
export function readEncodingType(document: XmlElement): string | undefined {
  return ["EncodingType", "Encoding-Type", "Encoding-type"]
    .map((name) => textOf(document, name))
    .find((value) => value !== undefined);
}
