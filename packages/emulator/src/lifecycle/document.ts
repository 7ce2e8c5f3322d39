import { CosErrorResponse } from "../errors.ts";
import type { Tag } from "../request/tagging.ts";
import { beijingMidnightAfter } from "../store/beijing-midnight.ts";
import { type Content, child, children, holdsOnly, malformed, textOf, wordOf } from "../xml/parse.ts";
import { element, type Markup } from "../xml/render.ts";
import type { LifecycleRule } from "./rules.ts";

const MAX_RULES = 1000;
const MAX_ID_LENGTH = 255;
/** What only COS carries out. A configuration that was stored and ignored would look as if it worked. */
const ONLY_COS = ["Transition", "NoncurrentVersionTransition", "NoncurrentVersionExpiration"];
const ACTIONS = ["AbortIncompleteMultipartUpload", "Expiration"];
const ONLY_COS_FILTERS = ["PrefixNotEquals", "ObjectSizeGreaterThan", "ObjectSizeLessThan"];

/** Reads a LifecycleConfiguration. Throws NotImplemented, with its name, for an action that only COS has. */
export function lifecycleIn(root: Content): readonly LifecycleRule[] {
  holdsOnly(root, ["Rule"]);
  const rules = children(root, "Rule").map(parseRule);
  const ids = new Set(rules.map((rule) => rule.id));
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed();
  if (ids.size < rules.length) throw invalid("The ID of a rule must be unique.");
  return rules;
}

function parseRule(node: Content, index: number): LifecycleRule {
  const id = textOf(node, "ID") || `rule-${index + 1}`;
  if (id.length > MAX_ID_LENGTH) throw invalid(`The ID of a rule has at most ${MAX_ID_LENGTH} characters.`);
  const status = wordOf(node, "Status");
  if (status !== "Enabled" && status !== "Disabled") throw malformed();
  refuseOnlyCos(node, ONLY_COS);
  holdsOnly(node, ["ID", "Status", "Filter", ...ACTIONS]);
  const abort = child(node, "AbortIncompleteMultipartUpload");
  const expiration = child(node, "Expiration");
  if (abort === undefined && expiration === undefined) throw malformed();
  return {
    id,
    enabled: status === "Enabled",
    ...parseFilter(node),
    ...(abort !== undefined && { abortAfterDays: parseAbort(abort) }),
    ...(expiration !== undefined && { expiration: parseExpiration(expiration) }),
  };
}

/** A filter without conditions selects everything; one with a condition that is not understood must not. */
function parseFilter(node: Content): { prefix: string; tags: readonly Tag[] } {
  const filter = child(node, "Filter");
  if (filter === undefined) throw malformed();
  const and = child(filter, "And");
  if (and !== undefined) holdsOnly(filter, ["And"]);
  const conditions = and ?? filter;
  refuseOnlyCos(conditions, ONLY_COS_FILTERS);
  holdsOnly(conditions, ["Prefix", "Tag"]);
  const tags = children(conditions, "Tag").map((tag) => {
    holdsOnly(tag, ["Key", "Value"]);
    const [key, value] = [textOf(tag, "Key"), textOf(tag, "Value")];
    if (key === undefined || value === undefined) throw malformed();
    return { key, value };
  });
  return { prefix: textOf(conditions, "Prefix") ?? "", tags };
}

function parseAbort(node: Content): number {
  holdsOnly(node, ["DaysAfterInitiation"]);
  return positive(node, "DaysAfterInitiation");
}

function parseExpiration(node: Content): NonNullable<LifecycleRule["expiration"]> {
  refuseOnlyCos(node, ["ExpiredObjectDeleteMarker"]);
  holdsOnly(node, ["Days", "Date"]);
  const text = wordOf(node, "Date");
  if (text === undefined) return { days: positive(node, "Days") };
  const date = Date.parse(text);
  if (Number.isNaN(date) || child(node, "Days") !== undefined) throw malformed();
  if (beijingMidnightAfter(date) !== date) throw invalid("The Date must be a midnight in Beijing.");
  return { date };
}

function positive(node: Content, name: string): number {
  const text = wordOf(node, name) ?? "";
  if (!/^[1-9]\d{0,5}$/.test(text)) throw invalid(`The ${name} must be a positive integer.`);
  return Number(text);
}

function refuseOnlyCos(node: Content, names: readonly string[]): void {
  const found = names.find((name) => children(node, name).length > 0);
  if (found === undefined) return;
  throw new CosErrorResponse("NotImplemented", `${found} of a lifecycle rule is not implemented.`);
}

function invalid(message: string): CosErrorResponse {
  return new CosErrorResponse("InvalidArgument", message);
}

export function renderLifecycle(rules: readonly LifecycleRule[]): Markup {
  return element("LifecycleConfiguration", rules.map(ruleElement));
}

function ruleElement(rule: LifecycleRule): Markup {
  const { expiration, abortAfterDays } = rule;
  return element("Rule", [
    element("ID", rule.id),
    element("Filter", filterElements(rule)),
    element("Status", rule.enabled ? "Enabled" : "Disabled"),
    expiration &&
      element("Expiration", [
        "days" in expiration
          ? element("Days", expiration.days)
          : // The service writes the zone, not Z.
            element("Date", `${new Date(expiration.date + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`),
      ]),
    abortAfterDays === undefined
      ? undefined
      : element("AbortIncompleteMultipartUpload", [element("DaysAfterInitiation", abortAfterDays)]),
  ]);
}

function filterElements({ prefix, tags }: LifecycleRule): Markup[] {
  const elements = [
    element("Prefix", prefix),
    ...tags.map(({ key, value }) => element("Tag", [element("Key", key), element("Value", value)])),
  ];
  return tags.length === 0 ? elements : [element("And", elements)];
}
