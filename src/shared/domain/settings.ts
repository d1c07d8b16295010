import { z } from 'zod';
import { gradeIdSchema } from './plan.ts';

/** What a user prefers. Where the data lies is no preference: it is chosen when a host starts. */
export const settingsSchema = z.object({
  /** BCP 47 tag for numbers, dates and currencies; null: as the system says. */
  locale: z.string().refine(isLocale, 'not a BCP 47 language tag').nullable(),
  theme: z.enum(['system', 'light', 'dark']),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'not a currency code of three letters'),
  /** Price of electricity in `currency`; null: not given, so energy has no price. */
  tariffPerKWh: z.number().nonnegative().nullable(),
  defaultGrade: gradeIdSchema,
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsChangesSchema = settingsSchema.partial();
export type SettingsChanges = z.infer<typeof settingsChangesSchema>;

/** What holds until the user says otherwise. */
export const defaultSettings: Settings = {
  locale: null,
  theme: 'system',
  currency: 'USD',
  tariffPerKWh: null,
  defaultGrade: 'standard',
};

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
