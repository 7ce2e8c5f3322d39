/** Well-formed response documents of COS. */
export const DOCUMENTS: readonly string[] = [
  "<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message><Resource>/k</Resource><RequestId>NjU=</RequestId><TraceId>dHJh</TraceId><ServerTime>1700000000</ServerTime></Error>",
  "<InitiateMultipartUploadResult><Bucket>b-1</Bucket><Key>a&amp;b&#x20;&lt;c&gt;</Key><UploadId>1700000000ab</UploadId></InitiateMultipartUploadResult>",
  '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751"><Location>http://h/k</Location><Bucket>b-1</Bucket><Key>k</Key><ETag>&quot;0123-2&quot;</ETag></CompleteMultipartUploadResult>',
  '<ListPartsResult><Bucket>b-1</Bucket><Key>k</Key><UploadId>u</UploadId><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"e"</ETag><Size>1048576</Size></Part><Part><PartNumber>2</PartNumber><ETag>"f"</ETag><Size>5</Size></Part></ListPartsResult>',
  "<ListMultipartUploadsResult><Bucket>b-1</Bucket><Encoding-Type>url</Encoding-Type><IsTruncated>true</IsTruncated><NextKeyMarker>k%20</NextKeyMarker><Upload><Key>k%2F</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>",
  '<CopyPartResult><ETag>"e"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified><CRC64>12345</CRC64></CopyPartResult>',
];

/** The value of an entity. It must not appear in any parsed text. */
export const EXPANDED = "EXPANDED";

/** Small documents that could expand to huge, deeply nested or slow ones. */
export function bombs(): string[] {
  const levels = Array.from(
    { length: 10 },
    (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
  );
  return [
    `<!DOCTYPE small [<!ENTITY e "${EXPANDED}">]><Error><Code>&e;</Code><Message>&e;</Message></Error>`,
    `<!DOCTYPE lolz [<!ENTITY l0 "lol">${levels.join("")}]><Error><Code>&l10;</Code></Error>`,
    `<!DOCTYPE q [<!ENTITY a "${"a".repeat(50_000)}">]><Error><Code>${"&a;".repeat(5_000)}</Code></Error>`,
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Error><Code>&f;</Code></Error>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><Error><Code>x</Code></Error>',
    "<a>".repeat(20_000),
    `${"<a>".repeat(2_000)}${"</a>".repeat(2_000)}`,
    `<Error><Code>${"&amp;".repeat(50_000)}</Code></Error>`,
    `<Error ${'a="b" '.repeat(20_000)}><Code>x</Code></Error>`,
    `<Error><Code>${"]]>".repeat(30_000)}</Code></Error>`,
    `<Error>${"<!-- -- >".repeat(20_000)}`,
    `<Error><Code>${"<![CDATA[".repeat(20_000)}</Code></Error>`,
    "<".repeat(100_000),
    "&".repeat(100_000),
    `<Error><__proto__><Code>x</Code></__proto__><constructor>y</constructor><Code>z</Code></Error>`,
    `${" ".repeat(200_000)}<Error><Code>x</Code></Error>`,
  ];
}

/** Header values that a server should not send. */
export const HEADER_VALUES: readonly string[] = [
  "",
  "0",
  "-1",
  "1e309",
  "99999999999999999999999",
  "18446744073709551616",
  "0x10",
  " 12 ",
  "NaN",
  '"',
  '""',
  '"0123456789abcdef0123456789abcdef"',
  'W/"x"',
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Fri, 31 Dec 9999 23:59:59 GMT",
  "Tue, 99 Foo 20x6 00:00:00 GMT",
  "12, 13",
  "\u0000\u0001",
];
