const NAMED: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Decodes the entities of XML. Throws if one is unknown, or is not a character: half a surrogate pair is none. */
export function decodeEntities(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const decoded = name.startsWith("#") ? characterOf(name.slice(1)) : NAMED.get(name);
    if (decoded === undefined) throw new RangeError(`${whole} is not a character`);
    return decoded;
  });
}

function characterOf(number: string): string | undefined {
  if (!/^(\d+|x[0-9a-fA-F]+)$/.test(number)) return undefined;
  const code = Number(number.startsWith("x") ? `0${number}` : number);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return String.fromCodePoint(code);
}
