import { describe, expect, test } from "vitest";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire, scriptedWire } from "../support/wire.ts";

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const part = (number: number): string =>
  `<Part><PartNumber>${number}</PartNumber><LastModified>2023-11-15T00:00:00.000Z</LastModified>` +
  `<ETag>&quot;e${number}&quot;</ETag><Size>${number * 10}</Size></Part>`;

function partsPage(numbers: readonly number[], next: number | undefined): string {
  const more = next === undefined ? "" : `<NextPartNumberMarker>${next}</NextPartNumberMarker>`;
  return `<ListPartsResult><Bucket>b-1</Bucket><Encoding-type>url</Encoding-type><Key>k</Key><UploadId>u</UploadId>${more}<MaxParts>2</MaxParts><IsTruncated>${next !== undefined}</IsTruncated>${numbers.map(part).join("")}<StorageClass>STANDARD</StorageClass><Initiator><ID>i</ID><DisplayName>d</DisplayName></Initiator></ListPartsResult>`;
}

describe("listParts()", () => {
  test("returns the document's fields, numbers as numbers and booleans as booleans", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [cosResponse(200, {}, partsPage([1, 2], 2))]);
    const result = await clock.run(
      clientOf(wire.runtime, clock).listParts({
        Bucket,
        Key,
        UploadId: "u",
        MaxParts: "2",
        EncodingType: "url",
      }),
    );
    expect(result).toMatchObject({
      Bucket: "b-1",
      EncodingType: "url",
      MaxParts: 2,
      IsTruncated: true,
      NextPartNumberMarker: 2,
      Part: [
        { PartNumber: 1, ETag: '"e1"', Size: 10 },
        { PartNumber: 2, ETag: '"e2"', Size: 20 },
      ],
      Initiator: { ID: "i", DisplayName: "d" },
      Owner: { ID: "", DisplayName: "" },
    });
    expect(new URL(wire.sent[0]?.url ?? "").search).toBe("?uploadId=u&max-parts=2&encoding-type=url");
  });

  test.each([
    ["something else", "<html/>"],
    ["nothing", ""],
    ["another document", "<ListMultipartUploadsResult/>"],
  ])("refuses a 200 with %s", async (_, body) => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [cosResponse(200, {}, body), cosResponse(200, {}, body)]);
    const cos = clientOf(wire.runtime, clock, { maxAttempts: 2 });
    await expect(clock.run(cos.listParts({ Bucket, Key, UploadId: "u" }))).rejects.toMatchObject({
      code: "unexpected-response",
    });
  });
});

describe("eachPart()", () => {
  test("goes through all pages", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [
      cosResponse(200, {}, partsPage([1, 2], 2)),
      cosResponse(200, {}, partsPage([5, 9], 9)),
      cosResponse(200, {}, partsPage([10], undefined)),
    ]);
    const parts = await clock.run(
      collect(clientOf(wire.runtime, clock).eachPart({ Bucket, Key, UploadId: "u" })),
    );
    expect(parts.map(({ PartNumber }) => PartNumber)).toEqual([1, 2, 5, 9, 10]);
    const markers = wire.sent.map(({ url }) => new URL(url).searchParams.get("part-number-marker"));
    expect(markers).toEqual(["0", "2", "9"]);
  });

  test("begins after the given marker", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [cosResponse(200, {}, partsPage([8], undefined))]);
    const cos = clientOf(wire.runtime, clock);
    await clock.run(collect(cos.eachPart({ Bucket, Key, UploadId: "u", PartNumberMarker: "7" })));
    expect(new URL(wire.sent[0]?.url ?? "").searchParams.get("part-number-marker")).toBe("7");
  });

  test("ends when a page does not advance", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [
      cosResponse(200, {}, partsPage([1, 2], 2)),
      cosResponse(200, {}, partsPage([1, 2], 2)),
    ]);
    const parts = await clock.run(
      collect(clientOf(wire.runtime, clock).eachPart({ Bucket, Key, UploadId: "u" })),
    );
    expect(parts).toHaveLength(4);
  });
});

const upload = (key: string, id: string): string =>
  `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>2023-11-15T00:00:00.000Z</Initiated></Upload>`;

describe("eachMultipartUpload()", () => {
  test("requests encoded keys, decodes them, and continues from both markers", async () => {
    const clock = new VirtualClock();
    const page = (body: string, next: string): string =>
      `<ListMultipartUploadsResult><Encoding-Type>url</Encoding-Type><IsTruncated>${next !== ""}</IsTruncated>${next}${body}</ListMultipartUploadsResult>`;
    const wire = scriptedWire(clock, [
      cosResponse(
        200,
        {},
        page(
          upload("a%2Bb%20%01", "u1"),
          "<NextKeyMarker>a%2Bb</NextKeyMarker><NextUploadIdMarker>u1</NextUploadIdMarker>",
        ),
      ),
      cosResponse(200, {}, page(upload("%E4%B8%AD", "u2"), "")),
    ]);
    const cos = clientOf(wire.runtime, clock);
    const uploads = await clock.run(collect(cos.eachMultipartUpload({ Bucket, Prefix: "中/" })));
    expect(uploads.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([
      ["a+b \u0001", "u1"],
      ["中", "u2"],
    ]);
    const second = new URL(wire.sent[1]?.url ?? "").searchParams;
    expect([second.get("key-marker"), second.get("upload-id-marker")]).toEqual(["a+b", "u1"]);
  });

  test("begins after the given markers, and continues from those of the page", async () => {
    const clock = new VirtualClock();
    const more =
      "<IsTruncated>true</IsTruncated><NextKeyMarker>d</NextKeyMarker><NextUploadIdMarker>u9</NextUploadIdMarker>";
    const page = (text: string): string => `<ListMultipartUploadsResult>${text}</ListMultipartUploadsResult>`;
    const wire = scriptedWire(clock, [cosResponse(200, {}, page(more)), cosResponse(200, {}, page(""))]);
    const cos = clientOf(wire.runtime, clock);
    await clock.run(collect(cos.eachMultipartUpload({ Bucket, KeyMarker: "c", UploadIdMarker: "u3" })));
    const asked = wire.sent.map(({ url }) => new URL(url).searchParams);
    expect(asked.map((query) => [query.get("key-marker"), query.get("upload-id-marker")])).toEqual([
      ["c", "u3"],
      ["d", "u9"],
    ]);
  });

  test("ends when the markers do not advance", async () => {
    const clock = new VirtualClock();
    const body =
      "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>" +
      `<NextUploadIdMarker>u</NextUploadIdMarker>${upload("a", "u")}</ListMultipartUploadsResult>`;
    const wire = fakeWire(clock, () => cosResponse(200, {}, body));
    const uploads = await clock.run(collect(clientOf(wire.runtime, clock).eachMultipartUpload({ Bucket })));
    expect([uploads.length, wire.sent.length]).toEqual([2, 2]);
  });

  test("leaves keys as they are when COS did not encode them", async () => {
    const clock = new VirtualClock();
    const body = `<ListMultipartUploadsResult>${upload("100%25", "u")}</ListMultipartUploadsResult>`;
    const wire = scriptedWire(clock, [cosResponse(200, {}, body)]);
    const [found] = await clock.run(collect(clientOf(wire.runtime, clock).eachMultipartUpload({ Bucket })));
    expect(found?.Key).toBe("100%25");
  });
});
