/** Headers that describe the content. HEAD returns them exactly as they were stored, and no others of their kind. */
const DESCRIPTIVE =
  /^(cache-control|content-(type|disposition|encoding|language)|expires|x-cos-website-redirect-location|x-cos-meta-.+)$/;

/** What else HEAD returns of what was asked for. COS document 436/7745. */
const VISIBLE =
  /^x-cos-(storage-class|server-side-encryption(-cos-kms-key-id|-customer-algorithm|-customer-key-md5)?)$/;

/** COS headers that say how to carry a request out, not what to store. The SSE-C key is known by its MD5. */
const NOT_STORED =
  /^x-cos-(traffic-limit|forbid-overwrite|security-token|metadata-directive|copy-source.*|server-side-encryption-customer-key)$/;

/** The class of an object for which none was asked, in buckets of one zone and of several. */
const DEFAULT_CLASSES = new Set(["STANDARD", "MAZ_STANDARD"]);

/** What HEAD shows of an object, compared with what an upload asked for. */
export interface HeaderComparison {
  /** Whether every header that HEAD can show is as it was asked for. */
  readonly visibleEqual: boolean;
  /** Headers that were asked for and that HEAD cannot show: ACL, grants, tags, an encryption context. */
  readonly invisible: readonly string[];
}

/**
 * Compares the headers of a stored object, as HEAD returns them, with the headers that an upload sends. Names are in
 * lower case. Headers that COS does not store (a gateway's key, for one) do not count.
 * @param exactly whether a description that was not asked for makes a difference too: an upload of these headers would
 *   not have stored it. The content type is exempt, because COS infers one when none is given.
 */
export function compareStoredHeaders(
  stored: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  exactly: boolean,
): HeaderComparison {
  const names = Object.keys(wanted).filter((name) => isStoredHeader(name, wanted[name]));
  const visible = names.filter((name) => DESCRIPTIVE.test(name) || VISIBLE.test(name));
  const equal = visible.every((name) => storedValue(stored, name) === wanted[name]);
  return {
    visibleEqual: equal && !(exactly && hasMore(stored, wanted)),
    invisible: names.filter((name) => !visible.includes(name)),
  };
}

/** Whether a request header says what to store with the object. */
export function isStoredHeader(name: string, value: string | undefined): boolean {
  if (DESCRIPTIVE.test(name)) return true;
  // An ACL of "default" asks for what an upload without an ACL gets.
  if (name === "x-cos-acl" && value === "default") return false;
  return name.startsWith("x-cos-") && !NOT_STORED.test(name);
}

function storedValue(stored: Readonly<Record<string, string>>, name: string): string | undefined {
  // COS leaves the class out for STANDARD.
  return stored[name] ?? (name === "x-cos-storage-class" ? "STANDARD" : undefined);
}

function hasMore(
  stored: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  const described = Object.keys(stored).some(
    (name) => name !== "content-type" && DESCRIPTIVE.test(name) && !(name in wanted),
  );
  const unasked = wanted["x-cos-storage-class"] === undefined;
  return described || (unasked && !DEFAULT_CLASSES.has(storedValue(stored, "x-cos-storage-class") ?? ""));
}
