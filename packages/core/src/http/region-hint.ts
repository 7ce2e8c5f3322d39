import type { WireResponse } from "../runtime/wire.ts";
import { textOf, type XmlElement } from "../xml/document.ts";

/** A host of COS in one region, as in `examplebucket-1250000000.cos.ap-beijing.myqcloud.com`. */
const REGION_OF_HOST = /(?:^|[/.])cos\.([a-z\d-]+)\.(?:myqcloud\.com|tencentcos\.cn)(?=[:/?]|$)/;

/**
 * What the caller can do when a refusal names another region than the client's: in `x-cos-bucket-region`, as HEAD Bucket
 * (COS document 436/7735); in the target of a redirect; or in the endpoint of an error document.
 * @param region the client's; empty: its endpoint names none
 */
export function regionHint(
  headers: WireResponse["headers"],
  document: XmlElement,
  region: string,
): string | undefined {
  const host = headers.get("location") ?? textOf(document, "Endpoint") ?? "";
  const named = headers.get("x-cos-bucket-region") ?? REGION_OF_HOST.exec(host)?.[1] ?? region;
  // The accelerated host serves every region. What is no region's name does not belong in a message.
  if ([region, "accelerate"].includes(named) || region === "accelerate" || !/^[a-z\d-]{1,40}$/.test(named))
    return undefined;
  const instead = region === "" ? "use an Endpoint of that region" : `give that Region instead of ${region}`;
  return `the bucket is in ${named}: ${instead}`;
}
