import type { Random } from "../../../packages/core/test/support/random.ts";
import { pick } from "../simulation/pick.ts";

/** Characters with a meaning in XML or JSON. */
const SHARP = [
  "<",
  ">",
  "&",
  ";",
  "/",
  '"',
  "'",
  "]]>",
  "<!--",
  "<![CDATA[",
  "<?",
  "\0",
  "\ud800",
  "\u{10ffff}",
  "&#x110000;",
  "&#0;",
];

/** A text with a few random changes, as a broken proxy, a truncated file or a hostile server would send. */
export function injured(random: Random, text: string): string {
  let result = text;
  for (let times = random.between(1, 4); times > 0; times -= 1) {
    const at = random.between(0, result.length);
    const length = random.between(0, 12);
    switch (random.between(0, 5)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = result.slice(0, at) + result.slice(at + length);
        break;
      case 2:
        result = result.slice(0, at) + pick(random, SHARP) + result.slice(at);
        break;
      case 3:
        result = result.slice(0, at) + String.fromCharCode(random.between(0, 0x2ff)) + result.slice(at + 1);
        break;
      case 4:
        result =
          result.slice(0, at) +
          result.slice(at, at + length).repeat(random.between(2, 30)) +
          result.slice(at);
        break;
      default: {
        const other = random.between(0, result.length);
        result = result.slice(0, at) + result.slice(other, other + length * 3) + result.slice(at);
      }
    }
  }
  return result;
}
