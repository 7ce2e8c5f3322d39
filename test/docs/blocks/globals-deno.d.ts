import type { createCos } from "@cosup/deno";

// Names that the pages use without declaring them: those of the reader's own program.
declare global {
  const cos: ReturnType<typeof createCos>;
  const Region: string;
  const SecretId: string;
  const SecretKey: string;
  const Bucket: string;
  const Key: string;
}
