import type { Query } from "./query.ts";

// Query parameters that select another operation of COS, in lower case. Without this list `DELETE /?lifecycle` would delete the bucket.
const SUBRESOURCES: ReadonlySet<string> = new Set(
  (
    "accelerate acl append cors delete domain domaincertificate encryption intelligenttiering inventory lifecycle " +
    "location logging notification object-lock origin partNumber policy publicAccessBlock referer replication " +
    "restore retention select symlink tagging torrent truncate uploadId uploads versioning versions website " +
    "worm rename append callback ci-process"
  )
    .toLowerCase()
    .split(" "),
);

// Official clients send every parameter they know, also those without a value.
const PARAMETERS: ReadonlySet<string> = new Set(
  (
    "continuation-token create-time delimiter encoding-type fetch-owner id key-marker list-type marker max-keys " +
    "max-parts max-uploads part-number-marker position prefix range region sign start-after tagkey tagvalue " +
    "upload-id-marker version-id-marker versionid x-id"
  ).split(" "),
);
const PARAMETER_FORMS = /^(?:response-|x-cos-|x-amz-|q-)/;

/** The words `policy`, `legal-hold`, `imageInfo`; not those of a cache buster, as `1764000000` or `v2`. */
const WORD = /^[a-z][a-z_-]*$/i;
/** The processing of an image or another file, as `imageMogr2/thumbnail/200x`. Its text may contain `=`. */
const PROCESSING = /^([a-z]\w*)\//i;

/**
 * The query parameter that selects another operation than the plain one of the method, known here or not. A word
 * without a value is one: what COS does with it is something else than to read or to replace the object.
 */
export function subresourceOf(query: Query): string | undefined {
  const names = query.names();
  const known = names.find((name) => SUBRESOURCES.has(name.toLowerCase()));
  if (known !== undefined) return known;
  for (const name of names) {
    const processing = PROCESSING.exec(name)?.[1];
    if (processing !== undefined) return processing;
    if (WORD.test(name) && query.get(name) === undefined && !isParameter(name.toLowerCase())) return name;
  }
  return undefined;
}

function isParameter(name: string): boolean {
  return PARAMETERS.has(name) || PARAMETER_FORMS.test(name);
}
