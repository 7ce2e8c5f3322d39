import { expect, test } from "vitest";
import { completeDocument } from "../../src/requests/complete-multipart-upload.ts";
import { elementsOf, textOf } from "../../src/xml/document.ts";
import { readXml } from "../../src/xml/read.ts";

test("completeDocument() names the parts in order, with quotes escaped", () => {
  const Part = [
    { PartNumber: 1, ETag: '"aa"' },
    { PartNumber: 2, ETag: "b<&>" },
  ];
  const text = completeDocument(Part);
  expect(text).toBe(
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;aa&quot;</ETag></Part>" +
      "<Part><PartNumber>2</PartNumber><ETag>b&lt;&amp;&gt;</ETag></Part></CompleteMultipartUpload>",
  );
  const back = elementsOf(readXml(text)?.element ?? {}, "Part").map((part) => textOf(part, "ETag"));
  expect(back).toEqual(['"aa"', "b<&>"]);
});
