import { once } from 'node:events';
import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';

/** What a text means; the colour follows. Nothing depends on the colour alone. */
export type Style = 'plain' | 'muted' | 'strong' | 'accent' | 'good' | 'caution' | 'bad';

/** Where a command writes. Results go to standard output, everything about their making to standard error. */
export interface Terminal {
  /** Columns of text per line. */
  width: number;
  paint(style: Style, text: string): string;
  /** Lines of the result; nothing when the result is one JSON document. */
  print(...lines: readonly string[]): void;
  /** Lines for the person who waits. */
  note(...lines: readonly string[]): void;
  /** A line that the next one replaces; on anything but a terminal a plain line every ten seconds. */
  progress(line: string): void;
  /** Takes the progress line away. */
  endProgress(): void;
  /** Text as it is, e.g. an exported file, no faster than the reader takes it. */
  write(text: string): Promise<void>;
}

export interface TerminalOptions {
  color: boolean;
  json: boolean;
}

const unknownWidth = 80;
const narrowest = 40;
/** Screens sleep while something is measured: a redraw costs processor time. */
const redrawMs = 500;
const plainLineMs = 10_000;
/** Of a name that is cut in the middle: its end says more often what it is than its beginning. */
const tailShare = 0.6;
/** A terminal shows Ctrl+C as "^C" behind the line, which must not wrap. */
const echoWidth = 3;

const formats = {
  muted: 'dim',
  strong: 'bold',
  accent: 'cyan',
  good: 'green',
  caution: 'yellow',
  bad: 'red',
} as const;

export function createTerminal({ color, json }: TerminalOptions): Terminal {
  const { stdout, stderr } = process;
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;

  function endProgress(): void {
    if (isShown) stderr.write('\r\u001B[K');
    isShown = false;
  }

  const terminal: Terminal = {
    width: Math.max(narrowest, (stdout.isTTY ? stdout.columns : undefined) ?? unknownWidth),
    paint: (style, text) =>
      // Node looks at NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
      style === 'plain' || !color || text === '' ? text : styleText(formats[style], text, { stream: stdout }),
    print(...lines) {
      if (json) return;
      endProgress();
      for (const line of lines) stdout.write(`${line.trimEnd()}\n`);
    },
    note(...lines) {
      endProgress();
      for (const line of lines) stderr.write(`${line.trimEnd()}\n`);
    },
    progress(line) {
      const now = performance.now();
      if (now - shownAt < (stderr.isTTY ? redrawMs : plainLineMs)) return;
      shownAt = now;
      if (stderr.isTTY) {
        stderr.write(`\r\u001B[K${truncate(line, stderr.columns - echoWidth)}`);
        isShown = true;
      } else stderr.write(`${stripVTControlCharacters(line)}\n`);
    },
    endProgress,
    async write(text) {
      // A reader that went away takes nothing any more, and would be waited for in vain.
      if (!stdout.writable || stdout.write(text)) return;
      await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => undefined);
    },
  };
  return terminal;
}

/** Cuts a text to a number of columns; what was cut shows as "…". */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(text))) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Cuts a name to a number of columns and keeps both ends, where names of a kind differ, and of the last one more. */
export function shortenMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const segments = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const tailRoom = Math.ceil((width - 1) * tailShare);
  let tail = '';
  for (const segment of segments.toReversed()) {
    if (stringWidth(segment + tail) > tailRoom) break;
    tail = segment + tail;
  }
  return truncate(text, width - stringWidth(tail)) + tail;
}

/** Breaks a text at spaces into lines of at most `width` columns; a longer word stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
