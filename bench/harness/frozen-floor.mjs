import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { benchFolder } from "./paths.mjs";

/** The bare loop that the figures of uploads are ratios to, as it was on 2026-11-24. */
const SHA256 = "d56973bbefa60b449b133ddc759f19344b09f530d0cf4139d6ffde735d69614f";

/** Throws if the bare loop was changed: figures of different days would have different denominators. */
export async function requireSameFloor() {
  const text = await readFile(`${benchFolder}clients/upload-floor.mjs`);
  const found = createHash("sha256").update(text).digest("hex");
  if (found !== SHA256)
    throw new Error("clients/upload-floor.mjs has changed: it is the ruler of all figures, so put it back");
}
