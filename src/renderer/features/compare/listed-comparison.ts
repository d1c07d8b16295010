import type { ApiClient } from '../../transport/client.ts';

/** One comparison as the host lists it. */
export type ListedComparison = Awaited<ReturnType<ApiClient['comparisons']['list']>>['items'][number];
