/**
 * @typedef {import("./store.mjs").Store} Store
 * @typedef {import("./store.mjs").StoredPart} StoredPart
 */

const STORED_AT = "2026-01-01T00:00:00.000Z";

/** All unfinished uploads, in one page. @param {Store} store @param {URLSearchParams} query */
export function listUploadsDocument(store, query) {
  const prefix = query.get("prefix") ?? "";
  const uploads = [...store.uploads]
    .filter(([, { key }]) => key.startsWith(prefix))
    .map(
      ([uploadId, { key }]) =>
        `<Upload><Key>${key}</Key><UploadId>${uploadId}</UploadId><StorageClass>STANDARD</StorageClass><Initiated>${STORED_AT}</Initiated></Upload>`,
    );
  return `<ListMultipartUploadsResult><Bucket>bench-1250000000</Bucket><Prefix>${prefix}</Prefix><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated>${uploads.join("")}</ListMultipartUploadsResult>`;
}

/**
 * One page of parts, ordered by part number.
 * @param {string} key
 * @param {string} uploadId
 * @param {Map<number, StoredPart>} parts
 * @param {URLSearchParams} query
 */
export function listPartsDocument(key, uploadId, parts, query) {
  const after = Number(query.get("part-number-marker") ?? 0);
  const limit = Number(query.get("max-parts") ?? 1000);
  const rest = [...parts].filter(([partNumber]) => partNumber > after).sort(([a], [b]) => a - b);
  const page = rest.slice(0, limit);
  const truncated = rest.length > page.length;
  const listed = page.map(
    ([partNumber, { size, etag }]) =>
      `<Part><PartNumber>${partNumber}</PartNumber><LastModified>${STORED_AT}</LastModified><ETag>"${etag}"</ETag><Size>${size}</Size></Part>`,
  );
  const next = truncated ? `<NextPartNumberMarker>${page.at(-1)?.[0]}</NextPartNumberMarker>` : "";
  return `<ListPartsResult><Bucket>bench-1250000000</Bucket><Key>${key}</Key><UploadId>${uploadId}</UploadId><PartNumberMarker>${after}</PartNumberMarker><MaxParts>${limit}</MaxParts><IsTruncated>${truncated}</IsTruncated>${next}${listed.join("")}</ListPartsResult>`;
}
