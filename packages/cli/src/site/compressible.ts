/** A Content-Encoding that every browser reads. */
export type Encoding = "gzip" | "br";

/** Types of text, and of what compresses like text. Pictures, sound, video and archives are compressed already. */
const EXTENSIONS =
  /\.(html?|xhtml|css|[cm]?js|json|jsonld|geojson|map|svg|xml|rss|atom|xsl|txt|text|md|csv|tsv|ya?ml|webmanifest|manifest|wasm|ttf|otf|eot|vtt|srt|ics|log)$/i;

/** Whether `--compress` is about a file of this name. */
export function isCompressible(path: string): boolean {
  return EXTENSIONS.test(path);
}
