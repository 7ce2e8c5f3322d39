import type { Options } from "tsup";

export function withoutBareImports(): NonNullable<Options["plugins"]>[number];
