// Takes and releases one lock twice in this process, and prints each time whether it got the lock.
import { fileCheckpoints } from "@cosup/node";

const store = fileCheckpoints(process.argv[2]);
for (let round = 0; round < 2; round += 1) {
  const lock = await store.lock("c0ffee").catch((error) => error);
  console.log(lock instanceof Error ? lock.code : lock === undefined ? "held by another" : "taken");
  if (!(lock instanceof Error)) await lock?.release();
}
