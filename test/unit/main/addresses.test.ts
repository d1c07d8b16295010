import type { WebFrameMain } from 'electron';
import { describe, expect, it } from 'vitest';
import { isAppUrl } from '../../../src/main/app-origin.ts';
import { parseExternalLink } from '../../../src/main/external-links.ts';
import { isOwnPage } from '../../../src/main/sender.ts';

const foreign = [
  '',
  'about:blank',
  'https://inferometer/',
  'http://app//inferometer/',
  'file:///inferometer/index.html',
  'app://inferometer.evil.example/',
  'app://evil.example/inferometer',
  'app://inferometer:80/',
  'app://user@inferometer/',
  'app://user:secret@inferometer/',
  'app:inferometer',
  'javascript:location="app://inferometer/"',
  'data:text/html,app://inferometer/',
];

describe("the application's own addresses", () => {
  it.each([
    'app://inferometer',
    'app://inferometer/',
    'app://inferometer/measure/runs?kind=cpu#top',
    'APP://inferometer/x',
  ])('%s is one', (address) => {
    expect(isAppUrl(address)).toBe(true);
  });

  it.each(foreign)('"%s" is none', (address) => {
    expect(isAppUrl(address)).toBe(false);
  });
});

describe('a sender', () => {
  const top = { url: 'app://inferometer/', parent: null };

  it('is trusted when it is the page itself', () => {
    expect(isOwnPage({ senderFrame: top })).toBe(true);
  });

  it.each([
    ['a frame that is gone', null],
    ['a frame inside the page', { url: 'app://inferometer/', parent: top as unknown as WebFrameMain }],
    ['another page', { url: 'https://evil.example/', parent: null }],
    ['an empty page', { url: '', parent: null }],
  ])('is not trusted when it is %s', (_, senderFrame) => {
    expect(isOwnPage({ senderFrame })).toBe(false);
  });
});

describe('a link that leads out', () => {
  it.each([
    ['https://onnxruntime.ai/docs/?a=1#b', 'https://onnxruntime.ai/docs/?a=1#b'],
    ['HTTPS://EXAMPLE.org', 'https://example.org/'],
    ['mailto:somebody@example.org?subject=Result', 'mailto:somebody@example.org?subject=Result'],
  ])('%s is handed to the system', (link, expected) => {
    expect(parseExternalLink(link)).toBe(expected);
  });

  it.each([
    '',
    'example.org',
    '//example.org',
    'http://example.org',
    'file:///etc/passwd',
    'smb://server/share',
    'javascript:alert(1)',
    'data:text/html,x',
    'ms-settings:',
    'vscode://file/etc/passwd',
    'app://inferometer/',
    'https://user:secret@example.org/',
    'https://example.org@evil.example/',
    'https:// example.org',
    'https://example.org/\u0000',
    'https://example.org/\n',
    `https://example.org/${'a'.repeat(2_048)}`,
  ])('%j is not', (link) => {
    expect(parseExternalLink(link)).toBeNull();
  });
});
