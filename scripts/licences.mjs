// A plugin of the build: a file with name, version and licence of every package whose code went into the output.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of a package, from a file of it. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE = /^(?:licen[cs]e|copying|notice)/i;

export function licences(fileName) {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []));
      const folders = new Set(files.flatMap((file) => PACKAGE.exec(file.replaceAll('\\', '/'))?.[0] ?? []));
      const source = [...folders].sort().map(sectionOf).join('\n');
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}

function sectionOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder).filter((file) => LICENCE.test(file));
  const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  return `==== ${name} ${version} (${license})\n\n${text || 'The package holds no text of its licence.'}\n`;
}
