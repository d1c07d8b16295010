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

/** Files of a registry's folder, those of subfolders included unless they have a registry of their own. */
function filesOf(folder: string): string[] {
  const nested = registries
    .map((path) => dirname(join(packageRoot, path)))
    .filter((one) => one.startsWith(folder + sep));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && basename(name) !== registryName)
    .filter((name) => !nested.some((one) => join(folder, name).startsWith(one + sep)))
    .map((name) => name.replaceAll(sep, '/'));
}

/** Paths below the registry's folder from which a file imports values; imports of types do not register anything. */
function importedFiles(file: ts.SourceFile): string[] {
  return file.statements
    .filter(ts.isImportDeclaration)
    .filter(({ importClause }) => importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
    .map(({ moduleSpecifier }) => (ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ''))
    .filter((specifier) => /^\.\/.+\.ts$/.test(specifier))
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
    const descriptors = filesOf(folder).filter((name) => isDescriptor(parse(join(folder, name))));
    const imported = importedFiles(parse(join(packageRoot, path)));
    expect(imported.toSorted()).toEqual(descriptors.toSorted());
  });
});
