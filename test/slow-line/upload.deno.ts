// The same as `cosup cp` with the Deno adapter and default settings.
import { createCos, fileCheckpoints } from "../../packages/deno/mod.ts";

const [path = ""] = Deno.args;
const cos = createCos({
  Region: "ap-guangzhou",
  Endpoint: Deno.env.get("COS_ENDPOINT") ?? "",
  SecretId: Deno.env.get("COS_SECRET_ID") ?? "",
  SecretKey: Deno.env.get("COS_SECRET_KEY") ?? "",
});
const { partsSent, crc64 } = await cos.uploadFile({
  Bucket: "demo-1250000000",
  Key: "slow",
  LocalFilePath: path,
  checkpoints: fileCheckpoints(Deno.env.get("COSUP_STATE_DIR")),
});
console.log(`${partsSent} parts sent, CRC64 ${crc64}`);
await cos.close();
