import { type Cos, SOURCE, type StoredObject, withByte } from "./cos.ts";

/** What the second writer can do at any moment, in words, with its effect; undefined when it is not possible. */
export const ACTIONS: Readonly<Record<string, (cos: Cos) => Cos | undefined>> = {
  "puts an object that HEAD shows as equal": (cos) => ({ ...cos, object: put(SOURCE, "asked") }),
  "puts the same bytes with other metadata": (cos) => ({ ...cos, object: put(SOURCE, "others") }),
  "puts other bytes of the same size": (cos) => ({ ...cos, object: put("zz", "asked") }),
  "completes an upload of its own, equal as far as HEAD shows": (cos) => {
    const { b, ...uploads } = cos.uploads;
    return b && { ...cos, uploads, object: { ...put(SOURCE, "asked"), parts: 2 } };
  },
  "deletes the object": (cos) => (cos.object === null ? undefined : { ...cos, object: null }),
  "aborts the newest upload of the first writer": (cos) => {
    const newest = Object.keys(cos.uploads)
      .filter((id) => id !== "b")
      .at(-1);
    if (newest === undefined) return undefined;
    const { [newest]: _, ...uploads } = cos.uploads;
    return { ...cos, uploads };
  },
};

/** What it can do to an object that is appended to. */
export const APPENDS: typeof ACTIONS = {
  "appends an equal byte": (cos) => appended(cos, SOURCE[cos.object?.bytes.length ?? 0]),
  "appends another byte": (cos) => appended(cos, "z"),
  "puts other bytes of the same size": (cos) => ({ ...cos, object: put("zz", "asked") }),
  "deletes the object": (cos) => (cos.object === null ? undefined : { ...cos, object: null }),
};

function put(bytes: string, headers: StoredObject["headers"]): StoredObject {
  return { bytes, by: "b,b", headers, parts: 0, appendable: false };
}

function appended(cos: Cos, byte: string | undefined): Cos | undefined {
  if (byte === undefined || cos.object?.appendable === false || (cos.object?.bytes.length ?? 0) > 2)
    return undefined;
  return withByte(cos, "b", byte);
}
