import type { Page } from '@playwright/test';

/** What a page reported as wrong, one line each. */
export interface PageWatch {
  problems: readonly string[];
  /** Takes problems that a test provokes; those that match are no longer in `problems`. */
  expectProblems(pattern: RegExp): void;
}

/**
 * Collects errors of the console and uncaught errors. What the Content-Security-Policy blocks is among them: Chromium
 * reports it on the console.
 */
export function watchPage(page: Page): PageWatch {
  const seen: string[] = [];
  const expected: RegExp[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    if (message.type() === 'error')
      seen.push(`console: ${message.text()}${url === '' ? '' : ` (${new URL(url).pathname})`}`);
  });
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => seen.push('the page crashed'));
  return {
    get problems() {
      return seen.filter((line) => !expected.some((pattern) => pattern.test(line)));
    },
    expectProblems: (pattern) => void expected.push(pattern),
  };
}
