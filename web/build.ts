/** What the build does beyond Vite's own: the page names at once what its first script will load, and files get compressed twins. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite';

/** `module` is loaded by the first script; without this the browser would hear of it one round trip later. */
export function preloaded(module: string): Plugin {
  return {
    name: 'countersign:preloaded',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const chunks = Object.values(bundle ?? {}).filter((each) => each.type === 'chunk');
        const main = chunks.find((each) => each.facadeModuleId?.endsWith(module));
        if (main === undefined) throw new Error(`The build has no chunk for ${module}.`);
        const scripts = withImports(main, new Map(chunks.map((each) => [each.fileName, each])));
        const styles = [...scripts].flatMap((each) => [...(each.viteMetadata?.importedCss ?? [])]);
        return [
          ...[...scripts]
            .filter(({ fileName }) => !html.includes(fileName))
            .map(({ fileName }) => link('modulepreload', fileName)),
          ...styles.map((fileName) => link('stylesheet', fileName)),
        ];
      },
    },
  };
}

function withImports(
  chunk: Rolldown.OutputChunk,
  chunks: ReadonlyMap<string, Rolldown.OutputChunk>,
  found = new Set<Rolldown.OutputChunk>(),
): Set<Rolldown.OutputChunk> {
  if (found.has(chunk)) return found;
  found.add(chunk);
  for (const name of chunk.imports) {
    const imported = chunks.get(name);
    if (imported !== undefined) withImports(imported, chunks, found);
  }
  return found;
}

function link(rel: string, fileName: string): HtmlTagDescriptor {
  return { tag: 'link', attrs: { rel, crossorigin: true, href: `/${fileName}` }, injectTo: 'head' };
}

/** Text that gains by it gets a `.br` and a `.gz` beside it; the gateway serves them to whoever takes them. */
export function compressed(): Plugin {
  let folder = '';
  return {
    name: 'countersign:compressed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        const twins = { br: brotliCompressSync(bytes, { params: size }), gz: gzipSync(bytes, { level: 9 }) };
        for (const [ending, twin] of Object.entries(twins))
          if (twin.length < bytes.length) writeFileSync(`${path}.${ending}`, twin);
      }
    },
  };
}
