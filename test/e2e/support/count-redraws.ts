import type { Page } from '@playwright/test';

/** In how many animation frames anything changed: in the document, or on a canvas. */
export function countRedraws(page: Page, durationMs: number): Promise<number> {
  return page.evaluate(async (watchedMs) => {
    let redraws = 0;
    let isCounted = false;
    const count = (): void => {
      if (isCounted) return;
      isCounted = true;
      redraws += 1;
      requestAnimationFrame(() => {
        isCounted = false;
      });
    };
    const observer = new MutationObserver(count);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    const canvas = CanvasRenderingContext2D.prototype;
    const { clearRect } = canvas;
    canvas.clearRect = function (...area) {
      count();
      clearRect.apply(this, area);
    };
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    observer.disconnect();
    canvas.clearRect = clearRect;
    return redraws;
  }, durationMs);
}
