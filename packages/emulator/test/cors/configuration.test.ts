import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { md5, type Rig, startRig, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const cors = (method: string, body?: string) =>
  rig.ask({ method, path: "/", query: { cors: "" }, ...(body !== undefined && { body }) });
const rule = (inner: string) => `<CORSRule>${inner}</CORSRule>`;
const configuration = (...rules: string[]) => `<CORSConfiguration>${rules.join("")}</CORSConfiguration>`;
const ORIGIN = "<AllowedOrigin>https://example.com</AllowedOrigin>";
const METHOD = "<AllowedMethod>GET</AllowedMethod>";
const SIMPLE = rule(ORIGIN + METHOD);

describe("the cross-origin configuration of a bucket", () => {
  test("is NoSuchCORSConfiguration before the first PUT and after DELETE", async () => {
    expect([(await cors("GET")).status, (await cors("GET")).code]).toEqual([404, "NoSuchCORSConfiguration"]);
    expect((await cors("PUT", configuration(SIMPLE))).status).toBe(200);
    expect((await cors("GET")).status).toBe(200);
    expect((await cors("DELETE")).status).toBe(204);
    expect((await cors("DELETE")).status).toBe(204);
    expect((await cors("GET")).code).toBe("NoSuchCORSConfiguration");
  });

  test("is given back as it was stored, also after a restart", async () => {
    const full =
      "<ID>a &amp; b</ID><AllowedOrigin>https://*.example.com</AllowedOrigin>" +
      `${ORIGIN}<AllowedMethod>PUT</AllowedMethod>${METHOD}<AllowedHeader>x-cos-*</AllowedHeader>` +
      "<AllowedHeader>Range</AllowedHeader><ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-cos-meta-a</ExposeHeader>" +
      "<MaxAgeSeconds>600</MaxAgeSeconds>";
    const document = configuration(rule(full), SIMPLE, "<ResponseVary>true</ResponseVary>");
    await cors("PUT", document);
    await rig.restart();
    const { text, headers } = await cors("GET");
    expect(headers["content-type"]).toBe("application/xml");
    expect(text.slice(text.indexOf("<CORS"))).toBe(`${document}\n`);
  });

  test("is replaced as a whole", async () => {
    await cors("PUT", configuration(SIMPLE, SIMPLE));
    await cors("PUT", configuration(rule(`<ID>only</ID>${ORIGIN}${METHOD}`)));
    expect(textsIn((await cors("GET")).text, "ID")).toEqual(["only"]);
    expect(textsIn((await cors("GET")).text, "AllowedMethod")).toEqual(["GET"]);
  });

  test("may have 100 rules, and 64 KB", async () => {
    expect((await cors("PUT", configuration(...Array(100).fill(SIMPLE)))).status).toBe(200);
    const above = await cors("PUT", configuration(...Array(101).fill(SIMPLE)));
    expect([above.status, above.code]).toEqual([400, "MalformedXML"]);
    const long = configuration(rule(`<ID>${"x".repeat(65_536)}</ID>${ORIGIN}${METHOD}`));
    expect((await cors("PUT", long)).code).toBe("XMLSizeLimit");
    expect(textsIn((await cors("GET")).text, "AllowedOrigin")).toHaveLength(100);
  });

  test.each([
    ["no rule", configuration(), "MalformedXML"],
    ["another root", SIMPLE, "MalformedXML"],
    ["no origin", configuration(rule(METHOD)), "MalformedXML"],
    ["no method", configuration(rule(ORIGIN)), "MalformedXML"],
    ["an empty origin", configuration(rule(`<AllowedOrigin/>${METHOD}`)), "MalformedXML"],
    [
      "elements in an origin",
      configuration(rule(`<AllowedOrigin><b/></AllowedOrigin>${METHOD}`)),
      "MalformedXML",
    ],
    [
      "the method PATCH",
      configuration(rule(`${ORIGIN}<AllowedMethod>PATCH</AllowedMethod>`)),
      "InvalidArgument",
    ],
    [
      "a method in lower case",
      configuration(rule(`${ORIGIN}<AllowedMethod>get</AllowedMethod>`)),
      "InvalidArgument",
    ],
    ...["x-中", "x-é", "a b", "a,b", "a:b", "*-*", "x-\u007f"].map((header) => [
      `the allowed header ${header}`,
      configuration(rule(`${ORIGIN}${METHOD}<AllowedHeader>${header}</AllowedHeader>`)),
      "InvalidArgument",
    ]),
    ["two wildcards", configuration(rule(`<AllowedOrigin>*.*</AllowedOrigin>${METHOD}`)), "InvalidArgument"],
    [
      "two wildcards of a header",
      configuration(rule(`${ORIGIN}${METHOD}<AllowedHeader>x-*-*</AllowedHeader>`)),
      "InvalidArgument",
    ],
    [
      "a wildcard among the exposed headers",
      configuration(rule(`${ORIGIN}${METHOD}<ExposeHeader>*</ExposeHeader>`)),
      "InvalidArgument",
    ],
    [
      "a line break in an exposed header",
      configuration(rule(`${ORIGIN}${METHOD}<ExposeHeader>a&#13;&#10;b</ExposeHeader>`)),
      "InvalidArgument",
    ],
    [
      "a negative age",
      configuration(rule(`${ORIGIN}${METHOD}<MaxAgeSeconds>-1</MaxAgeSeconds>`)),
      "InvalidArgument",
    ],
    ["another ResponseVary", configuration(SIMPLE, "<ResponseVary>yes</ResponseVary>"), "MalformedXML"],
  ])("is refused with %s", async (_name, document, code) => {
    await cors("DELETE");
    const response = await cors("PUT", document);
    expect([response.status, response.code]).toEqual([400, code]);
    expect((await cors("GET")).code).toBe("NoSuchCORSConfiguration");
  });

  test("verifies Content-MD5, and needs a signature", async () => {
    const body = configuration(SIMPLE);
    const headers = { "content-md5": md5("other", "base64") };
    const wrong = await rig.ask({ method: "PUT", path: "/", query: { cors: "" }, body, headers });
    expect(wrong.code).toBe("BadDigest");
    for (const method of ["PUT", "GET", "DELETE"]) {
      const unsigned = await rig.ask({ method, path: "/", query: { cors: "" }, sign: false });
      expect([unsigned.status, unsigned.code]).toEqual([403, "AccessDenied"]);
    }
  });
});
