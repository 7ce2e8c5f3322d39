// The few forms of DER (ITU-T X.690) that a certificate has.

type Part = Uint8Array;

/** Tag, length and content. */
function element(tag: number, ...parts: readonly Part[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 0x100)) bytes.unshift(left % 0x100);
  return Buffer.concat([Buffer.of(tag, 0x80 + bytes.length, ...bytes), content]);
}

export const sequence = (...parts: readonly Part[]): Buffer => element(0x30, ...parts);
export const set = (...parts: readonly Part[]): Buffer => element(0x31, ...parts);
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value, "utf8"));
export const octets = (value: Part): Buffer => element(0x04, value);
export const bits = (value: Part, unused = 0): Buffer => element(0x03, Buffer.of(unused), value);
export const yes = (): Buffer => element(0x01, Buffer.of(0xff));
/** A positive number. */
export const integer = (bytes: Part): Buffer =>
  element(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
/** `[tag]` around other elements. */
export const explicit = (tag: number, ...parts: readonly Part[]): Buffer => element(0xa0 + tag, ...parts);
/** `[tag]` in place of a primitive element's own tag. */
export const implicit = (tag: number, value: Part): Buffer => element(0x80 + tag, value);

/** A time up to 2049. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, "");
  return element(0x17, Buffer.from(`${digits.slice(2, 14)}Z`, "latin1"));
}

/** An object identifier such as `2.5.29.17`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const groups = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
  return groups;
}
