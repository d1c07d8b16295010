import type { MatrixDimension, MatrixPoint } from '../../../shared/matrix/points.ts';
import { valueOf } from '../../../shared/matrix/points.ts';
import { shortName } from '../../components/describe-config.ts';
import { nameValue } from './dimensions.ts';

/**
 * A configuration by what sets it apart from the others, e.g. "batch 8 · 2 threads". `models`: shorter names of models,
 * by their full ones.
 */
export function namePoint(
  { config }: Pick<MatrixPoint, 'config'>,
  varying: readonly MatrixDimension[],
  models: ReadonlyMap<string, string> = new Map(),
): string {
  const parts = varying.map((dimension) => {
    const value = valueOf(config, dimension);
    const name = nameValue(dimension, value);
    switch (dimension) {
      case 'model':
        return models.get(config.model) ?? name;
      case 'provider':
        return name;
      case 'batch':
        return `batch ${name}`;
      case 'threads':
        return value === 0 ? 'threads per core' : `${name} ${value === 1 ? 'thread' : 'threads'}`;
      case 'instances':
        return `${name} ${value === 1 ? 'instance' : 'instances'}`;
    }
  });
  return parts.length === 0 ? config.provider : parts.join(' · ');
}

/** Variants of a model without its name before theirs, e.g. "int8-static" beside "resnet50". */
export function shortenVariants(models: readonly string[]): Map<string, string> {
  const names = new Map(models.map((model) => [model, shortName(model)]));
  return new Map(
    [...names].map(([model, name]) => {
      const stem = [...names.values()].find((other) => name.startsWith(`${other}-`));
      return [model, stem === undefined ? name : name.slice(stem.length + 1)];
    }),
  );
}
