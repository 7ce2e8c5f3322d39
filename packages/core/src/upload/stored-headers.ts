/** Headers that describe the content. HEAD returns them exactly as they were stored, and no others of their kind. */
const DESCRIPTIVE =
  /^(cache-control|content-(type|disposition|encoding|language)|expires|x-cos-website-redirect-location|x-cos-meta-.+)$/;

/** Other requested headers that HEAD returns. COS document 436/7745. */
const VISIBLE =
  /^x-cos-(storage-class|server-side-encryption(-cos-kms-key-id|-customer-algorithm|-customer-key-md5)?)$/;

/** COS headers that say how to execute a request, not what to store. The MD5 of an SSE-C key identifies the key. */
const NOT_STORED =
  /^x-cos-(traffic-limit|forbid-overwrite|security-token|metadata-directive|copy-source.*|server-side-encryption-customer-key)$/;

const STORAGE_CLASS = "x-cos-storage-class";
/** The class of an object for which none was requested, in buckets of one zone and of several. */
const DEFAULT_CLASSES = new Set(["STANDARD", "MAZ_STANDARD"]);

/** The headers that HEAD shows of an object, compared with those that an upload requests. */
export interface HeaderComparison {
  /** Whether every requested header that HEAD can show has the requested value. */
  readonly visibleEqual: boolean;
  /** Requested headers that HEAD cannot show: ACL, grants, tags, an encryption context. */
  readonly invisible: readonly string[];
}

/**
 * Compares the headers of a stored object, as HEAD returns them, with the headers that an upload sends. Names are in
 * lower case. Headers that COS does not store, such as a gateway's key, do not count.
 * @param exactly whether a descriptive header that was not requested makes a difference too: an upload with these headers
 *   would not have stored it. Not the Content-Type, because COS infers one when none is given.
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
  // "default" is the ACL of an upload that requests none.
  if (name === "x-cos-acl" && value === "default") return false;
  return name.startsWith("x-cos-") && !NOT_STORED.test(name);
}

function storedValue(stored: Readonly<Record<string, string>>, name: string): string | undefined {
  return name === STORAGE_CLASS ? storageClass(stored) : stored[name];
}

/** HEAD shows no class for STANDARD. */
function storageClass(stored: Readonly<Record<string, string>>): string {
  return stored[STORAGE_CLASS] ?? "STANDARD";
}

function hasMore(
  stored: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  const described = Object.keys(stored).some(
    (name) => name !== "content-type" && DESCRIPTIVE.test(name) && !(name in wanted),
  );
  return described || (!(STORAGE_CLASS in wanted) && !DEFAULT_CLASSES.has(storageClass(stored)));
}
