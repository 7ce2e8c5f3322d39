import { addJobs } from "../jobs/queue.ts";
import { endRange, readLarge, readParts, readState, recordPart } from "../ledger/objects.ts";
import { dropped, type Ending, OVER, type Task, transferContext } from "./worker-context.ts";

/** Sends one range of the parts of a large object. Each part is recorded when COS holds it. */
export async function runRange(task: Task, object: string, from: number): Promise<Ending> {
  const { worker, ledger, job } = task;
  const entry = await readLarge(ledger, object);
  const state = await readState(ledger, object);
  const range = state?.plan.ranges.find((one) => one.from === from);
  if (entry === undefined || state === undefined || range === undefined) return dropped(task);
  const { uploadId, facts, plan } = state;
  const known = await readParts(ledger, object, range);
  if (known.length < range.to - range.from + 1) {
    await worker.executors.transferRange(transferContext(task), {
      entry,
      facts,
      plan,
      uploadId,
      ...range,
      known,
      // The starts are forgotten when a part is recorded.
      isRepeat: task.isRepeat || known.length > 0,
      onPart: async (part) => {
        await recordPart(ledger, { object, uploadId, job }, part);
      },
    });
  }
  if (await endRange(ledger, { object, job, state }, Date.now())) {
    await addJobs(worker.queue, ledger.run, [`${object}.done`], true);
  }
  return OVER;
}
