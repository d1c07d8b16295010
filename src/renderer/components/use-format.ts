import { useQuery } from '@tanstack/react-query';
import type { Reading, Unit } from '../../shared/domain/provenance.ts';
import {
  formatCount,
  formatDuration,
  formatQuantity,
  formatReading,
  formatTime,
  type FormattedNumber,
  type FormattedReading,
} from '../../shared/units.ts';
import { api } from '../transport/connection.ts';

/** How numbers, dates and durations are written for this user. */
export interface Format {
  /** BCP 47 tag of the settings; undefined: the browser's. */
  locale: string | undefined;
  reading(reading: Reading): FormattedReading;
  /** A number without an interval, with its unit, e.g. "27.4 ms". */
  quantity(value: number, unit: Unit): string;
  parts(value: number, unit: Unit, uncertainty?: number | null): FormattedNumber;
  count(value: number): string;
  time(iso: string): string;
  /** Day and month of a time, with the year where it is another one. */
  day(iso: string): string;
  duration(seconds: number): string;
}

/** Writes by the locale of the settings. */
export function useFormat(): Format {
  const { data } = useQuery(api.settings.get.queryOptions());
  const locale = data?.settings.locale ?? undefined;
  return {
    locale,
    reading: (reading) => formatReading(reading, { locale }),
    quantity: (value, unit) => formatQuantity(value, unit, { locale }).text,
    parts: (value, unit, uncertainty = null) => formatQuantity(value, unit, { locale, uncertainty }),
    count: (value) => formatCount(value, { locale }),
    time: (iso) => formatTime(iso, { locale }),
    day: (iso) => formatDay(iso, locale),
    duration: formatDuration,
  };
}

function formatDay(iso: string, locale: string | undefined): string {
  const date = new Date(iso);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  const year = isThisYear ? {} : { year: 'numeric' as const };
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(date);
}
