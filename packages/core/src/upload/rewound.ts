import type { ByteSource } from "../runtime/byte-source.ts";

const NOTHING = new Uint8Array(0);

/** A stream of which `begun` was read already: reading starts from the beginning again. */
export function rewound(source: ByteSource, begun: Uint8Array): ByteSource {
  let first = begun;
  const read: ByteSource["read"] = async (start, end, into, signal) => {
    if (start >= first.length) {
      // Not needed any more: the memory can be freed.
      first = NOTHING;
      return source.read(start, end, into, signal);
    }
    const known = first.subarray(start, end);
    into.set(known);
    if (end <= first.length) return into.subarray(0, known.length);
    const more = await source.read(first.length, end, into.subarray(known.length), signal);
    return into.subarray(0, known.length + more.length);
  };
  const { interrupt } = source;
  return {
    size: source.size,
    fingerprint: source.fingerprint,
    access: "sequential",
    inMemory: false,
    read,
    ...(interrupt === undefined ? {} : { interrupt: () => interrupt.call(source) }),
    changed: () => source.changed(),
    close: () => source.close(),
  };
}
