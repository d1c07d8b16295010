import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/resources.ts';

const registryName = 'registry.ts';

const registries = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => basename(path) === registryName)
  .map((path) => relative(packageRoot, join(packageRoot, 'src', path)).replaceAll(sep, '/'));

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** Names of sibling files from which a file imports values; imports of types do not register anything. */
function importedSiblings(file: ts.SourceFile): string[] {
  return file.statements
    .filter(ts.isImportDeclaration)
    .filter(({ importClause }) => importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
    .map(({ moduleSpecifier }) => (ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ''))
    .filter((specifier) => /^\.\/[^/]+\.ts$/.test(specifier))
    .map((specifier) => specifier.slice(2));
}

/** A descriptor file exports what a `define*` function imported from elsewhere returns. */
function isDescriptor(file: ts.SourceFile): boolean {
  return file.statements
    .filter(ts.isVariableStatement)
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .some(({ initializer }) => {
      if (initializer === undefined || !ts.isCallExpression(initializer)) return false;
      return /^define[A-Z]/.test(initializer.expression.getText(file));
    });
}

describe('registries', () => {
  it('exist, so that the comparison below has something to compare', () => {
    expect(registries).toContain('src/engine/providers/registry.ts');
  });

  it.each(registries)('%s imports every descriptor of its folder and nothing that is none', (path) => {
    const folder = join(packageRoot, dirname(path));
    const descriptors = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && name !== registryName)
      .filter((name) => isDescriptor(parse(join(folder, name))));
    const imported = importedSiblings(parse(join(packageRoot, path)));
    expect(imported.toSorted()).toEqual(descriptors.toSorted());
  });
});
