import { fileCheckpoints } from "../../src/checkpoints/file-checkpoints.ts";

// Saves one text after the other as fast as it can and prints each; the test kills it at a random instant.
const [directory = "", id = "", round = ""] = process.argv.slice(2);
const store = fileCheckpoints(directory);
for (let count = 0; ; count++) {
  const text = JSON.stringify({ round, count, filler: "x".repeat(200_000), end: count });
  await store.save(id, text);
  process.stdout.write(`${count}\n`);
}
