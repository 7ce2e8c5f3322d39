import { CosErrorResponse } from "../errors.ts";

const KEPT = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-md5",
  "content-type",
  "expires",
]);

/** The fields of a form that mean what the header of the same name means for PUT Object. */
export function headersOfForm(fields: ReadonlyMap<string, string>): Map<string, string> {
  // A policy that limits one of two names for the same header would not limit the other.
  if (fields.has("acl") && fields.has("x-cos-acl")) {
    throw new CosErrorResponse("InvalidArgument", "The form has the fields acl and x-cos-acl.");
  }
  const headers = new Map<string, string>();
  for (const [field, value] of fields) {
    const name = field === "acl" ? "x-cos-acl" : field;
    if (value === "" || (!KEPT.has(name) && !name.startsWith("x-cos-"))) continue;
    // A field may hold what no header can, for example the lines of a text area.
    if (/[^\t\x20-\x7e\x80-\uffff]/.test(value)) {
      throw new CosErrorResponse("InvalidArgument", `The field ${JSON.stringify(field)} is not valid.`);
    }
    // Header values have one character per byte.
    headers.set(name, Buffer.from(value, "utf8").toString("latin1"));
  }
  return headers;
}
