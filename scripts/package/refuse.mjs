// `npm publish` in a folder of packages/ would publish a package.json for this repository, with paths of its sources.
console.error(
  "Publish with `npm run release -- --publish`, which packs what users get (CONTRIBUTING.md, Release).",
);
process.exit(1);
