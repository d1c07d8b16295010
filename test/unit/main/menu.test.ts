import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { createMenuTemplate } from '../../../src/main/menu.ts';
import { desktopCommands } from '../../../src/shared/desktop.ts';

function build(platform: NodeJS.Platform) {
  const done: string[] = [];
  const menus = createMenuTemplate({
    platform,
    send: (command) => done.push(command),
    showLicence: () => done.push('licence'),
    openDataDirectory: () => done.push('data directory'),
  });
  const items = menus.flatMap(({ submenu = [] }) => submenu as MenuItemConstructorOptions[]);
  return { menus, items, done };
}

function choose({ click }: MenuItemConstructorOptions): void {
  (click as (() => void) | undefined)?.();
}

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  it('has each command of the page once, and sends it', () => {
    const { items, done } = build(platform);
    const entries = items.filter(({ id }) => id !== undefined);
    expect(entries.map(({ id }) => id).toSorted()).toEqual(desktopCommands.toSorted());
    for (const entry of entries) choose(entry);
    expect(done).toEqual(entries.map(({ id }) => id));
  });

  it('gives no two entries the same keys', () => {
    const keys = build(platform).items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('edits text, shows the licence and ends the application', () => {
    const { menus, items, done } = build(platform);
    expect(menus.map(({ role }) => role)).toContain('editMenu');
    expect(items.filter(({ role }) => role === 'quit')).toHaveLength(1);
    for (const item of items.filter(({ label }) => label === 'Licence')) choose(item);
    expect(done).toEqual(['licence']);
  });

  it('leaves the keys of the palette to the page, which listens to them itself', () => {
    const palette = build(platform).items.find(({ id }) => id === 'command-palette');
    expect(palette?.registerAccelerator).toBe(false);
  });
});
