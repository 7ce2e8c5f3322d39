// The bill of materials of a package in CycloneDX's format: the code of others that its files contain, with the files, and
// what npm installs beside it. Without time and serial number, so that the same sources give the same file.

/**
 * @param {{ name: string, version: string, license: string, dependencies?: Record<string, string> }} manifest
 * @param {readonly { name: string, version: string, license: string, files: readonly string[] }[]} bundled
 */
export function billOfMaterials(manifest, bundled) {
  const { name, version, license, dependencies = {} } = manifest;
  const itself = { ...library(name, version), licenses: [{ license: { id: license } }] };
  const contained = bundled.map((item) => ({
    ...library(item.name, item.version),
    scope: "required",
    licenses: [{ license: { id: item.license } }],
    properties: item.files.map((file) => ({ name: "cosup:contained-in", value: file })),
  }));
  const installed = Object.entries(dependencies).map(([dependency, range]) => ({
    ...library(dependency, range),
    scope: "required",
    properties: [{ name: "cosup:installed-by-npm", value: "true" }],
  }));
  const references = [...contained, ...installed].map((component) => component["bom-ref"]);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: itself },
    components: [...contained, ...installed],
    dependencies: [
      { ref: itself["bom-ref"], dependsOn: references },
      ...references.map((ref) => ({ ref, dependsOn: [] })),
    ],
    // What the packages that npm installs depend on is in their own bills.
    compositions: [
      { aggregate: "complete", assemblies: [itself["bom-ref"], ...contained.map((each) => each["bom-ref"])] },
      { aggregate: "incomplete", dependencies: [itself["bom-ref"]] },
    ],
  };
}

function library(/** @type {string} */ name, /** @type {string} */ version) {
  const within = /^in (\S+) (\S+)$/.exec(version);
  // Compiled code of another project inside a package has no version of its own.
  const purl = within
    ? `pkg:npm/${escaped(within[1])}@${within[2]}#${name}`
    : `pkg:npm/${escaped(name)}@${version}`;
  return { type: "library", "bom-ref": purl, name, version, purl };
}

/** A package's name in a purl. @param {string} name */
const escaped = (name) => name.replace(/^@/, "%40");
