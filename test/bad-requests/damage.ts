import { HEADER_NAMES, ODD_VALUES, oddHeaderValue, oddText, QUERY_NAMES } from "./oddities.ts";
import type { Plan } from "./plans.ts";
import type { Random } from "./random.ts";

const METHODS = ["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "PUT ", ""];

/** Changes what is asked for. The signature is made afterwards, so that the operations see it. */
export function damagePlan(plan: Plan, random: Random): void {
  const kinds: readonly (() => void)[] = [
    () => {
      plan.key = random.chance(0.5) ? oddText(random) : plan.key + oddText(random);
    },
    () => {
      plan.query[random.pick(QUERY_NAMES)] = oddText(random);
    },
    () => {
      plan.query[random.pick(QUERY_NAMES)] = oddText(random);
    },
    () => {
      plan.headers[random.pick(HEADER_NAMES)] = oddHeaderValue(random);
    },
    () => {
      plan.headers[random.pick(HEADER_NAMES)] = oddHeaderValue(random);
    },
    () => forget(plan.query, random),
    () => forget(plan.headers, random),
    () => {
      plan.method = random.pick(METHODS);
    },
    () => {
      plan.body = damageBytes(plan.body ?? Buffer.alloc(0), random);
    },
    () => {
      plan.body = damageDocument(plan.body ?? Buffer.from("<a/>"), random);
    },
    () => {
      plan.body = damageDocument(plan.body ?? Buffer.from("<a/>"), random);
    },
  ];
  random.pick(kinds)();
}

/** Changes some bytes of a text, as a broken program or line would. */
export function damageText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const length = random.below(6);
  const odd = random.chance(0.5) ? random.pick(ODD_VALUES) : String.fromCharCode(random.below(256));
  const kinds: readonly (() => string)[] = [
    () => text.slice(0, at) + odd + text.slice(at),
    () => text.slice(0, at) + odd + text.slice(at + length),
    () => text.slice(0, at) + text.slice(at + length),
    () => text.slice(0, at),
    () => text + text,
    () => text.replace(/[0-9a-f]/, "g"),
    () => text.replaceAll(random.pick(["&", "=", ";", "/", ",", " "]), odd),
    () => text.toUpperCase(),
  ];
  return random.pick(kinds)();
}

export function damageBytes(bytes: Buffer, random: Random): Buffer {
  return Buffer.from(damageText(bytes.toString("latin1"), random), "latin1");
}

/** Changes an XML document in ways that have broken parsers. */
function damageDocument(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString("utf8");
  const name = random.pick([
    "__proto__",
    "constructor",
    "Key",
    "Part",
    "x:y",
    "hasOwnProperty",
    "a".repeat(5000),
  ]);
  const depth = random.pick([2, 50, 3000]);
  const kinds: readonly (() => string | Buffer)[] = [
    () => text.replace(/<(\w+)>/, `<${name}>`),
    () => text.replace(/<(\w+)>(.*)<\/\1>/s, `<${name}>$2</${name}>`),
    () => text.replace(/<\/(\w+)>/, `<${name}>v</${name}></$1>`),
    () => text.replace(/<(\w+)>/, `<$1 ${name}="&lt;">`),
    () => text.replace(/>([^<]+)</, `>${oddText(random)}<`),
    () => text.replace(/>([^<]+)</, "><$1/><"),
    () => text.replace(/>([^<]+)</, "><![CDATA[$1]]><"),
    () => text.replace(/>([^<]+)</, "><!-- $1 --><"),
    () => text.replace(/>([^<]+)</, ">&#x110000;&#55296;&nothing;<"),
    () => `<?xml version="1.0" encoding="${random.pick(["utf-16", "x", "utf-8"])}"?>${text}`,
    () => `<!DOCTYPE a [<!ENTITY b "c">]>${text}`,
    () => `\ufeff${text}`,
    () => `${"<a>".repeat(depth)}${text}${"</a>".repeat(depth)}`,
    () => "<a>".repeat(depth),
    () => text.replace(/<(\w+)>(.*?)<\/\1>/s, (whole) => whole.repeat(random.pick([2, 1200]))),
    () => Buffer.from(text, "utf16le"),
    () => damageBytes(bytes, random),
    () => "",
  ];
  return Buffer.from(random.pick(kinds)());
}

function forget(record: Record<string, string>, random: Random): void {
  const names = Object.keys(record);
  if (names.length > 0) delete record[random.pick(names)];
}
