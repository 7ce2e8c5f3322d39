import { CosErrorResponse } from "../errors.ts";
import { percentDecode } from "./percent.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

const LIMITS = { tags: 10, key: 127, value: 255 };

/** Reads `x-cos-tagging: k=v&k2=v2`, keys and values percent-encoded. */
export function parseTagHeader(header: string | undefined): readonly Tag[] {
  if (header === undefined) return [];
  const tags = header.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 0) return { key: percentDecode(pair), value: "" };
    return { key: percentDecode(pair.slice(0, equals)), value: percentDecode(pair.slice(equals + 1)) };
  });
  return checkTags(tags);
}

/** Checks a tag set against the limits of the service. */
export function checkTags(tags: readonly Tag[]): readonly Tag[] {
  const keys = new Set(tags.map((tag) => tag.key));
  const valid = tags.every(
    ({ key, value }) => key.length > 0 && key.length <= LIMITS.key && value.length <= LIMITS.value,
  );
  if (!valid || tags.length > LIMITS.tags || keys.size < tags.length) {
    throw new CosErrorResponse("InvalidTag", "The tag provided was not a valid tag.");
  }
  return tags;
}
