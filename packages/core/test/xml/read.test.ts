import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { booleanOf, elementsOf, numberOf, textOf } from "../../src/xml/document.ts";
import { readAnyXml, readXml as readByBoth } from "../../src/xml/read.ts";
import { readPlainXml } from "../../src/xml/read-plain.ts";
import { Random } from "../support/random.ts";

const DOCUMENT =
  '<?xml version="1.0" encoding="UTF-8" ?>\n<ListPartsResult>\n<Bucket>b-1</Bucket><Encoding-type/>' +
  "<Key>a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos; &#20013;&#x4E2D;</Key><UploadId>007</UploadId>" +
  "<MaxParts>1000</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber></Part>" +
  "<Part><PartNumber>2</PartNumber></Part><Owner><ID>1e3</ID></Owner></ListPartsResult>";

const READERS = [
  ["fast-xml-parser", readAnyXml],
  ["the plain reader", readPlainXml],
  ["the plain reader, then fast-xml-parser", readByBoth],
] as const;

describe.each(READERS)("readXml() by %s", (_, readXml) => {
  function elementOf(document: string) {
    const read = readXml(document);
    if (read === undefined) throw new Error("not a document");
    return read.element;
  }

  test("returns the root, text as text, and elements by name", () => {
    expect(readXml(DOCUMENT)?.root).toBe("ListPartsResult");
    const element = elementOf(DOCUMENT);
    expect(textOf(element, "UploadId")).toBe("007");
    expect(textOf(elementsOf(element, "Owner")[0] ?? {}, "ID")).toBe("1e3");
    expect(textOf(element, "Encoding-type")).toBe("");
    expect(numberOf(element, "MaxParts")).toBe(1000);
    expect(booleanOf(element, "IsTruncated")).toBe(true);
    expect(elementsOf(element, "Part").map((part) => numberOf(part, "PartNumber"))).toEqual([1, 2]);
  });

  test("decodes the five predefined entities and character references", () => {
    expect(textOf(elementOf(DOCUMENT), "Key")).toBe("a&b <c> \"d\" 'e' 中中");
  });

  test("decodes once: a key that contains an entity's text keeps it", () => {
    expect(textOf(elementOf("<R><Key>&amp;lt;&amp;#65;&amp;amp;</Key></R>"), "Key")).toBe("&lt;&#65;&amp;");
  });

  test("keeps white space that belongs to a key", () => {
    expect(textOf(elementOf("<R><Key> a\tb </Key></R>"), "Key")).toBe(" a\tb ");
  });

  test.each(["\n\n  ", "\r\n\t", "\ufeff"])("skips white space before the declaration: %j", (space) => {
    expect(readXml(space + DOCUMENT)?.root).toBe("ListPartsResult");
  });

  test.each([
    "",
    "   ",
    "OK",
    "{}",
    "x<R/>",
    "<",
    "<R",
    "<R>",
    "<R></S>",
    "</R>",
    "<R><a></R></a>",
    "<?xml?>",
  ])("of %j is undefined", (text) => {
    expect(readXml(text)).toBeUndefined();
  });

  test("of every truncation of a document is undefined", () => {
    for (let length = 0; length < DOCUMENT.length; length += 1) {
      expect(readXml(DOCUMENT.slice(0, length)), String(length)).toBeUndefined();
    }
  });

  test("expands no entity that a document declares", () => {
    const lol = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">';
    const read = readXml(`<!DOCTYPE R [${lol}]><R><Key>&b;</Key></R>`);
    expect(read === undefined ? "&b;" : textOf(read.element, "Key")).toBe("&b;");
  });

  test("does not expand an entity bomb", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `<!ENTITY e${level + 1} "&e${level};&e${level};">`,
    );
    const bomb = `<!DOCTYPE R [<!ENTITY e0 "0123456789">${levels.join("")}]><R><Key>&e30;</Key></R>`;
    expect(JSON.stringify(readXml(bomb) ?? "").length).toBeLessThan(bomb.length);
  });

  test("reads no external entity", () => {
    const read = readXml('<!DOCTYPE R [<!ENTITY x SYSTEM "file:///etc/passwd">]><R><Key>&x;</Key></R>');
    expect(read === undefined ? "&x;" : textOf(read.element, "Key")).toBe("&x;");
  });

  test.each(["__proto__", "constructor", "prototype", "hasOwnProperty", "toString"])(
    "is not led astray by an element named %s",
    (name) => {
      const read = readXml(`<R><${name}><Code>evil</Code></${name}><Key>a</Key></R>`);
      expect(({} as Record<string, unknown>).Code).toBeUndefined();
      if (read !== undefined) {
        expect(textOf(read.element, "Code")).toBeUndefined();
        expect(textOf(read.element, "Key")).toBe("a");
      }
      readXml(`<${name}><Code>evil</Code></${name}>`);
      expect(({} as Record<string, unknown>).Code).toBeUndefined();
    },
  );

  test("survives nesting that is deeper than the stack", () => {
    const depth = 200_000;
    expect(() => readXml(`${"<a>".repeat(depth)}${"</a>".repeat(depth)}`)).not.toThrow();
  });

  test("never throws for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(() => readXml(text)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  test("never throws for random sequences of tags, entities and brackets", () => {
    const pieces = [
      "<",
      ">",
      "</",
      "/>",
      "<R>",
      "</R>",
      "<!DOCTYPE ",
      "[",
      "]>",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "&",
      "&#x;",
      "&#99999999;",
      "&amp;",
      "<?",
      "?>",
      "a='1'",
      "__proto__",
      "constructor",
      " ",
      "\n",
      "\u0000",
      "x",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (picked) => {
        const read = readXml(picked.join(""));
        for (const name of ["R", "a", "__proto__", "#text"]) {
          if (read === undefined) continue;
          textOf(read.element, name);
          numberOf(read.element, name);
          elementsOf(read.element, name);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test("never throws for a document with changed, lost and doubled characters", () => {
    const random = new Random(7);
    for (let round = 0; round < 5000; round += 1) {
      let text = DOCUMENT;
      for (let hits = random.between(1, 4); hits > 0; hits -= 1) {
        const at = random.between(0, text.length - 1);
        const to = random.pick([
          "",
          text[at] ?? "",
          "<",
          ">",
          "&",
          ";",
          "\u0000",
          "]]>",
          String.fromCharCode(random.between(0, 0xffff)),
        ]);
        text = text.slice(0, at) + to + text.slice(at + random.between(0, 3));
      }
      expect(() => {
        const read = readXml(text);
        if (read !== undefined) for (const name of Object.keys(read.element)) textOf(read.element, name);
      }, text).not.toThrow();
    }
  });
});
