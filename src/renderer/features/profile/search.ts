import { cellIdSchema, profileIdSchema } from '../../../shared/domain/ids.ts';
import { providerIdSchema, type ProviderId } from '../../../shared/domain/provider.ts';
import { toAddressText } from '../../components/address-text.ts';

/** What the address of the list of profiles holds: what the form starts from. */
export interface ProfilesSearch {
  model?: string;
  provider?: ProviderId;
  /** A measured result that is profiled as it was measured. */
  result?: string;
}

export function parseProfilesSearch(search: Record<string, unknown>): ProfilesSearch {
  const model = toAddressText(search.model);
  const provider = providerIdSchema.safeParse(search.provider);
  const result = cellIdSchema.safeParse(search.result);
  return {
    ...(model === null ? {} : { model }),
    ...(provider.success ? { provider: provider.data } : {}),
    ...(result.success ? { result: result.data } : {}),
  };
}

/** Two stored profiles, side by side. */
export interface ComparedProfilesSearch {
  baseline?: string;
  candidate?: string;
}

export function parseComparedProfilesSearch(search: Record<string, unknown>): ComparedProfilesSearch {
  const baseline = profileIdSchema.safeParse(search.baseline);
  const candidate = profileIdSchema.safeParse(search.candidate);
  return {
    ...(baseline.success ? { baseline: baseline.data } : {}),
    ...(candidate.success ? { candidate: candidate.data } : {}),
  };
}
