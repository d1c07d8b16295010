/** What the address of a new run holds: where its plan starts from. */
export interface NewRunSearch {
  models?: string[];
  /** "machine": a plan of reference models that characterises this machine. */
  preset?: 'machine';
}

export function parseNewRunSearch({ models, preset }: Record<string, unknown>): NewRunSearch {
  const names = Array.isArray(models) ? models.filter((name): name is string => typeof name === 'string') : [];
  return { ...(names.length > 0 ? { models: names } : {}), ...(preset === 'machine' ? { preset } : {}) };
}
