import { commonPrefix } from "../request/paging.ts";
import { currentObject, type History } from "./history.ts";
import { type Place, placeAfterPrefix } from "./key-order.ts";

/** What a page of a listing shows. */
export interface Folding {
  readonly prefix: string;
  /** Keys that have it after the prefix are listed as one folder, up to and including it. */
  readonly delimiter: string | undefined;
  /** By default, keys whose latest version is a delete marker are passed over. */
  readonly deleted?: boolean;
}

/** A folder, which ends with the delimiter, or a key with its versions. */
export type Listed = string | readonly [key: string, History];

/** The keys from a place on. `wanted`: how many the caller will probably take. */
type Keys = (from: Place, wanted: number) => Iterable<readonly [key: string, History]>;

/** Folders and keys from a place on. Keys below a folder that is listed are not read. */
export function* foldKeys(keys: Keys, from: Place, folding: Folding, wanted: number): Generator<Listed> {
  const { prefix, delimiter, deleted = false } = folding;
  let place: Place | undefined = from;
  while (place !== undefined) {
    const began: Place = place;
    place = undefined;
    for (const [key, history] of keys(began, delimiter ? 1 : wanted)) {
      if (!key.startsWith(prefix)) return;
      if (!deleted && currentObject(history) === undefined) continue;
      const folder = commonPrefix(key, prefix, delimiter);
      yield folder ?? [key, history];
      if (folder === undefined) continue;
      place = placeAfterPrefix(folder);
      break;
    }
  }
}
