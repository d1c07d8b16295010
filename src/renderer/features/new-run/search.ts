import { toAddressText } from '../../components/address-text.ts';

/** What the address of a new run holds: where its plan starts from. */
export interface NewRunSearch {
  models?: string[];
  /** "machine": a plan of reference models that characterises this machine. */
  preset?: 'machine';
}

export function parseNewRunSearch({ models, preset }: Record<string, unknown>): NewRunSearch {
  // One name may stand by itself: `?models=resnet50`.
  const given: readonly unknown[] = Array.isArray(models) ? models : [models];
  const names = given.map(toAddressText).filter((name) => name !== null);
  return { ...(names.length > 0 ? { models: names } : {}), ...(preset === 'machine' ? { preset } : {}) };
}
