import { CosError } from "@cosup/core";
import { Random } from "../../../packages/core/test/support/random.ts";
import { leavesDoubt } from "./exchange-record.ts";
import { CALM } from "./fault.ts";
import { SimulatedFile } from "./file-input.ts";
import type { Rig } from "./rig.ts";
import { BUCKET } from "./service.ts";
import { Stuck } from "./virtual-clock.ts";

/** Checks after all calls: no memory, lock or response is held, no unreported upload is left, no secret was shown. */
export async function finalChecks(rig: Rig): Promise<void> {
  await rig.clock.drain();
  await checkOrphans(rig);
  checkRepetition(rig);
  for (const leak of rig.checkpoints.leaks) rig.fail(`a checkpoint shows ${leak}`);
  if (rig.checkpoints.locked > 0) rig.fail("a checkpoint is still locked");
  for (const [name, file] of rig.files) {
    if (file.opened !== 0) rig.fail(`${name} was not closed`);
  }
  const left = rig.network.responses.filter((response) => !response.taken).length;
  if (left > 0) rig.fail(`${left} responses were neither read nor cancelled`);
  await checkMemory(rig);
}

/** Every unfinished upload belongs to another writer, is in a checkpoint, or was reported. */
async function checkOrphans(rig: Rig): Promise<void> {
  const { foreign } = rig;
  const open = await rig.service.uploads();
  for (const uploadId of foreign) {
    if (!open.some((upload) => upload.uploadId === uploadId)) rig.fail("a foreign upload is gone");
  }
  const kept = [...rig.checkpoints.texts.values()].join("\n");
  const told = new Set(
    rig.warnings.flatMap(({ code, uploadId }) => (code === "orphan-upload" && uploadId ? [uploadId] : [])),
  );
  const orphans = open.filter(
    ({ uploadId }) => !foreign.includes(uploadId) && !kept.includes(uploadId) && !told.has(uploadId),
  );
  let nameless = rig.warnings.filter(
    ({ code, uploadId }) => code === "orphan-upload" && uploadId === undefined,
  ).length;
  for (const { key, uploadId } of orphans) {
    const begun = rig.network.records.find((record) => record.begunUpload === uploadId);
    if (begun !== undefined && !begun.heard && nameless > 0) nameless -= 1;
    else if (begun !== undefined && !begun.heard)
      rig.fail(`${key}: an Initiate was lost and its orphan is not reported`);
    else rig.fail(`${key}: upload ${uploadId.slice(-6)} was left behind, and nobody was told`);
  }
}

/** Complete and Append are not sent again before the client has checked what the first one did. */
function checkRepetition(rig: Rig): void {
  const { records } = rig.network;
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
      rig.fail(`${first.operation} #${first.ordinal} was repeated blindly (#${rest[again]?.ordinal})`);
  }
}

/** A part as large as a client's whole memory budget fits only if everything else was released. */
async function checkMemory(rig: Rig): Promise<void> {
  rig.network.rates = CALM;
  rig.network.gate = undefined;
  for (const { client, memoryBudget } of rig.clients) {
    const whole = new SimulatedFile(new Uint8Array(memoryBudget), rig.clock, new Random(1));
    const path = rig.file("whole-memory", whole);
    rig.active.push("whole-memory");
    try {
      await rig.clock.run(
        client.uploadPart({
          Bucket: BUCKET,
          Key: "whole-memory",
          UploadId: "none",
          PartNumber: 1,
          Body: { path },
        }),
      );
    } catch (error) {
      if (error instanceof Stuck) rig.fail("part buffers were not given back");
      else if (!(error instanceof CosError)) throw error;
    }
    rig.active.pop();
  }
}
