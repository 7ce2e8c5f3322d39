// A Worker that uploads, and responds "used" when the bytes are there.
import { createCos, isCosError } from "@cosup/workers";

const Bucket = "packages-1250000000";

// biome-ignore lint/style/noDefaultExport: a Worker is the default export of its module
export default {
  async fetch(_request, env) {
    const account = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", subrequestBudget: 50 };
    const cos = createCos({ ...account, Endpoint: `${env.ENDPOINT}/{Bucket}` });
    try {
      const bytes = new Uint8Array(21 * 1024 * 1024).fill(7);
      const { partsSent } = await cos.uploadFile({ Bucket, Key: "worker.bin", Body: bytes });
      await cos.putObject({ Bucket, Key: "worker.txt", Body: "a text" });
      const { Body } = await cos.getObject({ Bucket, Key: "worker.txt" });
      const text = await new Response(Body).text();
      const missing = await cos.headObject({ Bucket, Key: "none" }).catch((error) => error);
      const used = partsSent > 1 && text === "a text" && isCosError(missing);
      return new Response(used ? "used" : `${partsSent} ${text} ${missing}`);
    } catch (error) {
      return new Response(`${error}`);
    }
  },
};
