// Uploads a folder again and again for some seconds, in Node or Deno, and prints what was uploaded: see exchanger.mjs.
const isDeno = "Deno" in globalThis;
const { createCos } = isDeno ? await import("@cosup/deno") : await import("@cosup/node");
const { seconds, root, endpoint, bucket } = JSON.parse(isDeno ? Deno.args[0] : process.argv[2]);

const cos = createCos({ Endpoint: endpoint, Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" });
const inside = new TextEncoder().encode("inside");
const { crc64 } = await cos.putObject({ Bucket: bucket, Key: "reference", Body: inside });
const counts = { runs: 0, uploaded: 0, refused: 0, outside: 0, names: 0 };
const warnings = new Set();
for (const end = Date.now() + seconds * 1_000; Date.now() < end; counts.runs += 1) {
  await cos.uploadDirectory({
    Bucket: bucket,
    Prefix: "race/",
    LocalDirectoryPath: root,
    onWarning: ({ code }) => warnings.add(code),
    onFile: ({ status, relativePath, crc64: stored }) => {
      if (status === "uploaded") counts.uploaded += 1;
      else counts.refused += 1;
      if (status === "uploaded" && stored !== crc64) counts.outside += 1;
      // A name that exists only outside.
      if (relativePath === "sub/private") counts.names += 1;
    },
  });
}
await cos.close();
console.log(JSON.stringify({ ...counts, warnings: [...warnings] }));
