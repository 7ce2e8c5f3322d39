import { CosError } from "@cosup/core";
import { Random } from "../../../packages/core/test/support/random.ts";
import { leavesDoubt } from "./exchange-record.ts";
import { CALM } from "./fault.ts";
import { SimulatedFile } from "./file-input.ts";
import { BUCKET } from "./service.ts";
import { Stuck } from "./virtual-clock.ts";
import type { World } from "./world.ts";

/** What must hold when all calls have ended: nothing is held, nothing was left behind, nothing was given away. */
export async function finalChecks(world: World): Promise<void> {
  await world.clock.drain();
  await checkOrphans(world);
  checkRepetition(world);
  for (const leak of world.checkpoints.leaks) world.fail(`a checkpoint shows ${leak}`);
  if (world.checkpoints.locked > 0) world.fail("a checkpoint is still locked");
  for (const [name, file] of world.files) {
    if (file.opened !== 0) world.fail(`${name} was not closed`);
  }
  const left = world.network.responses.filter((response) => !response.taken).length;
  if (left > 0) world.fail(`${left} responses were neither read nor cancelled`);
  await checkMemory(world);
}

/** Every unfinished upload belongs to another writer, is in a checkpoint, or was reported. */
async function checkOrphans(world: World): Promise<void> {
  const { foreign } = world;
  const open = await world.service.uploads();
  for (const uploadId of foreign) {
    if (!open.some((upload) => upload.uploadId === uploadId)) world.fail("a foreign upload is gone");
  }
  const kept = [...world.checkpoints.texts.values()].join("\n");
  const told = new Set(
    world.warnings.flatMap(({ code, uploadId }) => (code === "orphan-upload" && uploadId ? [uploadId] : [])),
  );
  const orphans = open.filter(
    ({ uploadId }) => !foreign.includes(uploadId) && !kept.includes(uploadId) && !told.has(uploadId),
  );
  let nameless = world.warnings.filter(
    ({ code, uploadId }) => code === "orphan-upload" && uploadId === undefined,
  ).length;
  for (const { key, uploadId } of orphans) {
    const begun = world.network.records.find((record) => record.begunUpload === uploadId);
    if (begun !== undefined && !begun.heard && nameless > 0) nameless -= 1;
    else if (begun !== undefined && !begun.heard)
      world.fail(`${key}: an Initiate was lost and its orphan is not reported`);
    else world.fail(`${key}: upload ${uploadId.slice(-6)} was left behind, and nobody was told`);
  }
}

/** Complete and Append are not sent again before somebody has looked at what the first one did. */
function checkRepetition(world: World): void {
  const { records } = world.network;
  for (const [index, first] of records.entries()) {
    if (
      (first.operation !== "Complete" && first.operation !== "Append") ||
      first.heard ||
      !leavesDoubt(first)
    )
      continue;
    const rest = records.slice(index + 1).filter(({ key }) => key === first.key);
    const again = rest.findIndex(
      ({ operation, uploadId, position, call }) =>
        operation === first.operation &&
        uploadId === first.uploadId &&
        position === first.position &&
        call === first.call,
    );
    if (again === -1) continue;
    const looked = rest
      .slice(0, again)
      .some(({ operation }) => operation === "Head" || operation === "ListParts");
    if (!looked)
      world.fail(`${first.operation} #${first.ordinal} was repeated blindly (#${rest[again]?.ordinal})`);
  }
}

/** A part as large as a client's whole memory finds room only when everything else was given back. */
async function checkMemory(world: World): Promise<void> {
  world.network.rates = CALM;
  world.network.gate = undefined;
  for (const { client, memoryBudget } of world.parties) {
    const whole = new SimulatedFile(new Uint8Array(memoryBudget), world.clock, new Random(1));
    const path = world.file("whole-memory", whole);
    world.active.push("whole-memory");
    try {
      await world.clock.run(
        client.uploadPart({
          Bucket: BUCKET,
          Key: "whole-memory",
          UploadId: "none",
          PartNumber: 1,
          Body: { path },
        }),
      );
    } catch (error) {
      if (error instanceof Stuck) world.fail("part buffers were not given back");
      else if (!(error instanceof CosError)) throw error;
    }
    world.active.pop();
  }
}
