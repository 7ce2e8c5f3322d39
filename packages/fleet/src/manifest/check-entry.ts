import { checkHeaders, checkHeaderText } from "./check-headers.ts";
import { checkSource } from "./check-source.ts";
import { refuseCredentials } from "./credentials.ts";
import type { ManifestEntry } from "./entry.ts";
import { Refusal } from "./manifest-error.ts";
import { nearest } from "./nearest.ts";

const FIELDS = ["source", "key", "size", "contentType", "headers"];

/** Bytes of a key in UTF-8, and of an object: 10 000 parts of 5 GB. The limits of COS. */
const MAX_KEY_BYTES = 850;
const MAX_OBJECT_BYTES = 10_000 * 5 * 1024 ** 3;

/** What entries are completed with. */
export interface EntryContext {
  /** The folder of relative paths. */
  readonly root: string | undefined;
  /** Put before each key. */
  readonly prefix: string;
}

/**
 * Checks one entry.
 * @throws {Refusal} it cannot be used
 */
export function checkEntry(value: unknown, context: EntryContext): ManifestEntry {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Refusal("not-an-object", `must be a JSON object with ${FIELDS.join(", ")}`);
  for (const name of Object.keys(value)) refuseUnknown(name);
  const { source, key, size, contentType, headers } = value as Readonly<Record<string, unknown>>;
  return {
    source: checkSource(source, context.root),
    key: checkKey(key, context.prefix),
    ...(size === undefined ? {} : { size: checkSize(size) }),
    ...(contentType === undefined ? {} : { contentType: checkHeaderText(contentType, "contentType") }),
    ...(headers === undefined ? {} : { headers: checkHeaders(headers) }),
  };
}

function refuseUnknown(name: string): void {
  if (FIELDS.includes(name)) return;
  const field = name.slice(0, 60);
  refuseCredentials(name, field);
  const meant = nearest(name, FIELDS);
  const hint = meant === undefined ? `there are ${FIELDS.join(", ")}` : `did you mean ${meant}?`;
  throw new Refusal("unknown-field", `is unknown: ${hint}`, field);
}

/** The rules of COS and of `@cosup/node`, so that a wrong key is known by its line. */
function checkKey(value: unknown, prefix: string): string {
  const refuse = (reason: string): never => {
    throw new Refusal(value === undefined ? "missing-field" : "wrong-field", reason, "key");
  };
  if (value === undefined) return refuse("is missing: the key of the object");
  if (typeof value !== "string" || value === "") return refuse("must be a text that is not empty");
  const key = prefix + value;
  if (!key.isWellFormed()) return refuse("must be well-formed Unicode (it has a lone surrogate)");
  if (/^[/\\]/.test(key)) return refuse("must not begin with '/' or '\\'");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what COS refuses
  if (/[\u0018-\u001b]/.test(key)) return refuse("must not contain the control characters 0x18 to 0x1B");
  if (/(^|\/)\.{1,2}$/.test(key)) return refuse("must not end in the segment '.' or '..'");
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) return refuse(`must be at most ${MAX_KEY_BYTES} bytes of UTF-8, not ${bytes}`);
  return key;
}

function checkSize(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAX_OBJECT_BYTES)
    return value;
  throw new Refusal("wrong-field", `must be a number of bytes, 0 to ${MAX_OBJECT_BYTES}`, "size");
}
