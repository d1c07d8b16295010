import { cellIdSchema } from '../../../shared/domain/ids.ts';
import { toAddressText } from '../../components/address-text.ts';

/** What the address of a new run holds: where its plan starts from. */
export interface NewRunSearch {
  models?: string[];
  /** "machine": a plan of reference models that characterises this machine. */
  preset?: 'machine';
  /** A result whose configuration is measured again. */
  again?: string;
}

export function parseNewRunSearch({ models, preset, again }: Record<string, unknown>): NewRunSearch {
  const result = cellIdSchema.safeParse(again);
  // One name may stand by itself: `?models=resnet50`.
  const given: readonly unknown[] = Array.isArray(models) ? models : [models];
  const names = given.map(toAddressText).filter((name) => name !== null);
  return {
    ...(names.length > 0 ? { models: names } : {}),
    ...(preset === 'machine' ? { preset } : {}),
    ...(result.success ? { again: result.data } : {}),
  };
}
