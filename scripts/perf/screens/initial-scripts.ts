import { readFile } from 'node:fs/promises';
import { posix, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** `import ... from "./x.js"`, `import "./x.js"` and `export ... from "./x.js"`; not `import("./x.js")`. */
const staticImport = /\b(?:import|export)\s*(?:[\w$*{][^"'`();]*?\bfrom\s*|\{[^}]*\}\s*from\s*)?["']([^"']+\.js)["']/g;

/** Addresses in a page's head that the browser loads as scripts before it asks any of them. */
function findEntries(html: string): string[] {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  return tags.flatMap((tag) => {
    const isScript = tag.startsWith('<script');
    if (!isScript && !/\brel="modulepreload"/.test(tag)) return [];
    return (isScript ? /\bsrc="([^"]+)"/ : /\bhref="([^"]+)"/).exec(tag)?.[1] ?? [];
  });
}

/** Addresses that a script imports statically, relative to the site. */
export function findStaticImports(address: string, source: string): string[] {
  return [...source.matchAll(staticImport)].map(([, to = '']) => posix.join(posix.dirname(address), to));
}

/** What the browser has to load before the first screen can run: entry, modulepreloads and all they import statically. */
export async function measureInitialScripts(folder: string): Promise<{ files: number; gzipBytes: number }> {
  const waiting = findEntries(await readFile(join(folder, 'index.html'), 'utf8'));
  const sizes = new Map<string, number>();
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    if (sizes.has(address)) continue;
    const source = await readFile(join(folder, address));
    sizes.set(address, gzipSync(source, { level: 9 }).length);
    waiting.push(...findStaticImports(address, source.toString('utf8')));
  }
  return { files: sizes.size, gzipBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}
