import type { Folding, Listed } from "./folders.ts";
import { readHistory, type StoredHistory } from "./history.ts";
import { type Place, placeAfter, placeAfterPrefix, placeOf } from "./key-order.ts";

/** More JSON is not read at once. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** Folders and keys that are read at once, if that many are wanted. */
const PAGE = 1_001;
/** No key begins with this byte, as UTF-8 has none. */
const END: Place = Uint8Array.of(255);

// Only whether the text can have the field at all: most records are not parsed.
const IS_OBJECT = `instr(h.history, '"deleteMarker":true') = 0
  OR coalesce(h.history ->> '$.versions[0].deleteMarker', h.history ->> '$.deleteMarker') IS NULL`;

/**
 * A page of folders and keys as one JSON text: a statement for each folder takes more than twice as long. Each step finds one
 * key, and the next one goes on after the folder that it is in. Parameters: 1 the bucket, 2 the first place, 3 the place after
 * the last key, 4 the bytes of the prefix, 5 the delimiter, 6 the place after it, 7 how many are wanted, 8 whether keys count
 * whose latest version is a delete marker. `cut`: where the delimiter begins after the prefix, or 0.
 */
export const FOLDERS = `WITH RECURSIVE
  page (next, key, cut, listed, history, taken, bytes) AS (
    SELECT ?2, NULL, 0, 0, NULL, 0, 0
    UNION ALL
    SELECT NULL, h.key, instr(substr(h.key, ?4 + 1), ?5), ?8 OR ${IS_OBJECT},
      CASE instr(substr(h.key, ?4 + 1), ?5) WHEN 0 THEN h.history END,
      page.taken + page.listed, page.bytes + page.listed * coalesce(octet_length(page.history), 0)
    FROM page CROSS JOIN histories AS h ON h.bucket = ?1 AND h.key = (
      SELECT key FROM histories WHERE bucket = ?1 AND key < ?3 AND key >= coalesce(page.next, CAST(
        CASE WHEN page.listed AND page.cut > 0 THEN substr(page.key, 1, ?4 + page.cut - 1) || ?6
          ELSE page.key || x'00' END AS BLOB))
      ORDER BY key LIMIT 1)
    WHERE page.taken + page.listed < ?7 AND page.bytes < ${PAGE_BYTES}
  ),
  folders AS (
    SELECT CASE cut WHEN 0 THEN history
      ELSE json_quote(CAST(substr(key, 1, ?4 + cut - 1 + octet_length(?5)) AS TEXT)) END AS item
    FROM page WHERE listed
  )
  SELECT '[' || coalesce(group_concat(item, ','), '') || ']' AS page FROM folders`;

type Value = string | number | Uint8Array;

/**
 * Folders and keys from a place on.
 * @param page runs the statement `FOLDERS` and returns its text
 * @param folding with a delimiter
 */
export function* readFolders(
  page: (values: readonly Value[]) => string,
  bucket: number,
  from: Place,
  folding: Folding & { readonly delimiter: string },
  wanted: number,
): Generator<Listed> {
  const { prefix, delimiter, deleted = false } = folding;
  const end = prefix === "" ? END : placeAfterPrefix(prefix);
  const cut = [placeOf(prefix).length, placeOf(delimiter), placeAfterPrefix(delimiter)];
  let place = from;
  for (let count = Math.min(wanted, PAGE); ; count = Math.min(count * 4, PAGE)) {
    const text = page([bucket, place, end, ...cut, count, Number(deleted)]);
    const items = JSON.parse(text) as (string | StoredHistory)[];
    for (const item of items) yield typeof item === "string" ? item : [item.key, readHistory(item)];
    const last = items.at(-1);
    // Fewer than wanted may also be many bytes.
    if (last === undefined) return;
    place = typeof last === "string" ? placeAfterPrefix(last) : placeAfter(last.key);
  }
}
