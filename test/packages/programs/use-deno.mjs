// A program of a user of Deno: the endpoint is its first argument, the package its second. It prints "used" at the end.
const [endpoint, name] = Deno.args;
const { createCos, isCosError } = await import(name === "npm:@cosup/deno@" ? "npm:@cosup/deno@0" : name);

const Bucket = "packages-1250000000";
const cos = createCos({
  Region: "ap-guangzhou",
  SecretId: "id",
  SecretKey: "key",
  Endpoint: `${endpoint}/{Bucket}`,
});
const folder = await Deno.makeTempDir();
const bytes = new Uint8Array(21 * 1024 * 1024).map((_, index) => (index * 31) >> 3);
await Deno.writeFile(`${folder}/large.bin`, bytes);
const { partsSent } = await cos.uploadFile({ Bucket, Key: "deno.bin", LocalFilePath: `${folder}/large.bin` });
const { Body } = await cos.getObject({ Bucket, Key: "deno.bin" });
const stored = new Uint8Array(await new Response(Body).arrayBuffer());
const { uploaded } = await cos.uploadDirectory({ Bucket, LocalDirectoryPath: folder, include: ["*.bin"] });
const missing = await cos.headObject({ Bucket, Key: "none" }).catch((error) => error);
await cos.close();
await Deno.remove(folder, { recursive: true });
const same = stored.length === bytes.length && stored.every((byte, index) => byte === bytes[index]);
if (partsSent > 1 && uploaded === 1 && same && isCosError(missing)) console.log("used");
else console.log({ partsSent, uploaded, same, missing });
