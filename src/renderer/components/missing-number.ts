/** In one word each, why a completed result lacks a number. */
export const missingNumber = {
  /** The sample is too small for it. */
  unearned: 'not earned',
  /** The grade does not report it. */
  unasked: 'not asked for',
  /** One of the two; a list does not tell which, its result does. */
  untold: 'not reported',
} as const;
