import { objectHeaders } from "../params/object-headers.ts";
import type { ObjectDescription } from "../requests/object-description.ts";
import type { CopyObjectParameters } from "./copy-parameters.ts";

/** The headers that describe the content. A copy takes them from its source unless the caller replaces any of them. */
const METADATA = /^(cache-control|content-(disposition|encoding|language|type)|expires|x-cos-meta-.+)$/;

/** Whether the caller replaces the source's metadata. */
export function replacesMetadata(parameters: CopyObjectParameters): boolean {
  return Object.keys(objectHeaders(parameters)).some((name) => METADATA.test(name));
}

/**
 * The parameters with the source's metadata as headers: COS does not take it over for a copy in parts, nor for a copy onto
 * itself.
 */
export function withSourceMetadata<P extends CopyObjectParameters>(
  parameters: P,
  source: ObjectDescription,
): P {
  const carried = replacesMetadata(parameters)
    ? []
    : Object.entries(source.headers).filter(([name]) => METADATA.test(name));
  return { ...parameters, headers: { ...Object.fromEntries(carried), ...parameters.headers } };
}
