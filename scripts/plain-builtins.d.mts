import type { Options } from "tsup";

export function plainBuiltins(): NonNullable<Options["plugins"]>[number];
