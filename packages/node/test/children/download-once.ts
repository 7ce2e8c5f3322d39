import { createCos, fileCheckpoints } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";

// Downloads an object, and prints a line whenever its checkpoint was written: the number of ranges in it. The test kills it.
const [Endpoint = "", Bucket = "", Key = "", LocalFilePath = "", state = "", SecretId = ""] =
  process.argv.slice(2);
const store = fileCheckpoints(state);
const checkpoints = {
  ...store,
  save: async (id: string, text: string) => {
    await store.save(id, text);
    const { ranges } = JSON.parse(text) as { readonly ranges: readonly unknown[] };
    process.stdout.write(`${ranges.length}\n`);
  },
};
const cos = createCos({ Endpoint, SecretId, SecretKey: "secret-of-the-download", proxy: false });
await downloadFile(cos, { Bucket, Key, LocalFilePath, PartSize: 1, MAXThread: 2, checkpoints });
process.stdout.write("done\n");
