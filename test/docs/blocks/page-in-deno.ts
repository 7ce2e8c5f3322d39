// Runs the programs of one page, one after the other, in this process: `page-in-deno.ts FILE…`. Between their outputs stand
// lines that begin with a record separator.
import { createCos } from "@cosup/deno";

const env = (name: string): string | undefined => Deno.env.get(name);
const keys = {
  Region: env("COS_REGION"),
  SecretId: env("COS_SECRET_ID"),
  SecretKey: env("COS_SECRET_KEY"),
};
// The names of globals-deno.d.ts.
Object.assign(globalThis, keys, { Bucket: "examplebucket-1250000000", Key: "exampleobject" });
Object.assign(globalThis, { cos: createCos(keys) });

for (const file of Deno.args) {
  console.log(`\n\u001e${file}`);
  await import(`file://${file}`);
}
Deno.exit();
