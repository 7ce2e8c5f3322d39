// The bare client: uploads the files that it is told, as often as it is told, without a queue. Started by rig.mjs.
import { createCos } from "@cosup/node";
import { BUCKET } from "./rig.mjs";

const { cos: options, concurrency = 16 } = JSON.parse(process.argv[2] ?? "{}");
const cos = createCos(options);
process.on("message", async (/** @type {readonly import("@cosup/fleet").ManifestEntry[]} */ entries) => {
  const waiting = entries.values();
  const one = async () => {
    for (const { source, key } of waiting)
      await cos.uploadFile({
        Bucket: BUCKET,
        Key: key,
        LocalFilePath: source,
        PartSize: 8,
        checkpoints: false,
      });
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  process.send?.({ type: "done" });
});
process.send?.({ type: "ready" });
