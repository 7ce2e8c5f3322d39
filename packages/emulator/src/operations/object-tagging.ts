import { CosErrorResponse } from "../errors.ts";
import { receiveDocument } from "../request/receive.ts";
import { checkTags, type Tag } from "../request/tagging.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, child, children, holdsOnly, malformed, textOf } from "../xml/parse.ts";
import { element } from "../xml/render.ts";
import { amendObject, requireObject } from "./object-access.ts";
import { empty, xml } from "./respond.ts";

/** GET /{key}?tagging */
export async function getObjectTagging(call: Call): Promise<EmulatorResponse> {
  const { tags } = requireObject(call);
  // AWS's tools ask before they copy an object, and know only an empty set.
  if (tags.length === 0 && call.dialect === "cos")
    throw new CosErrorResponse("NoSuchTagSet", "The TagSet does not exist.");
  const set = tags.map(({ key, value }) => element("Tag", [element("Key", key), element("Value", value)]));
  return xml(element("Tagging", [element("TagSet", set)]));
}

/** PUT /{key}?tagging: replaces all tags. */
export async function putObjectTagging(call: Call): Promise<EmulatorResponse> {
  requireObject(call);
  await setTags(call, checkTags(tagsIn(await receiveDocument(call, "Tagging"))));
  return empty(200);
}

/** DELETE /{key}?tagging */
export async function deleteObjectTagging(call: Call): Promise<EmulatorResponse> {
  requireObject(call);
  await setTags(call, []);
  return empty(204);
}

async function setTags(call: Call, tags: readonly Tag[]): Promise<void> {
  await amendObject(call, (present) => ({ ...present, tags }));
}

function tagsIn(root: Content): Tag[] {
  const set = child(root, "TagSet");
  if (set === undefined) throw malformed();
  holdsOnly(set, ["Tag"]);
  return children(set, "Tag").map((node) => {
    const key = textOf(node, "Key");
    const value = textOf(node, "Value");
    if (key === undefined || value === undefined) throw malformed();
    return { key, value };
  });
}
