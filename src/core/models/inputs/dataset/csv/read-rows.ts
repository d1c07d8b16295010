import { createReadStream } from 'node:fs';
import { invalidData } from '../invalid.ts';

/** One record of a file of separated values. */
export interface Row {
  /** Line on which it begins, from 1. */
  line: number;
  fields: string[];
}

/** Characters of one record: far more than a row of features has, little enough to hold. */
const longestRow = 1 << 24;
const separators = [',', ';', '\t'] as const;

/**
 * Records of a file of separated values (RFC 4180): fields may be quoted, and then hold separators, line breaks and
 * doubled quotes. The separator is the one of comma, semicolon and tab that the first line has most often. Empty lines
 * are passed over. Throws INPUTS_INVALID for what is no text.
 */
export async function* readRows(file: string, signal?: AbortSignal): AsyncIterable<Row> {
  const decoder = new TextDecoder('utf-8');
  const parser = createParser(file);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    const text = decoder.decode(chunk, { stream: true });
    if (text.includes('\0')) throw invalidData(`${file} is no text in UTF-8.`, 'Save it as CSV in UTF-8.');
    yield* parser.add(text);
  }
  yield* parser.end(decoder.decode());
}

function createParser(file: string) {
  let rest = '';
  let line = 1;
  let separator: string | null = null;

  /** Records that are complete; what comes after them is kept. */
  function* take(isEnd: boolean): Iterable<Row> {
    let start = 0;
    for (;;) {
      const end = findEnd(rest, start, isEnd);
      if (end === null) break;
      const text = rest.slice(start, end.at);
      separator ??= chooseSeparator(text);
      if (text.trim() !== '') yield { line, fields: splitFields(text, separator, file, line) };
      line += end.lines;
      start = end.next;
    }
    rest = rest.slice(start);
    if (rest.length > longestRow) {
      throw invalidData(
        `${file} has a row of more than ${longestRow} characters from line ${line} on.`,
        'Check for a quote that is never closed, or save the data as .npy.',
      );
    }
  }
  return {
    add(text: string): Iterable<Row> {
      rest += text;
      return take(false);
    },
    end(text: string): Iterable<Row> {
      rest += text;
      return take(true);
    },
  };
}

/** Where the record from `start` ends: at a line break outside of quotes, or at the end of the file. */
function findEnd(text: string, start: number, isEnd: boolean): { at: number; next: number; lines: number } | null {
  if (start >= text.length) return null;
  let isQuoted = false;
  let lines = 1;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) isQuoted = !isQuoted;
    else if (code === 0x0a) {
      if (!isQuoted) return { at: text.charCodeAt(at - 1) === 0x0d && at > start ? at - 1 : at, next: at + 1, lines };
      lines++;
    }
  }
  return isEnd ? { at: text.length, next: text.length, lines } : null;
}

function chooseSeparator(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counts = separators.map((one) => bare.split(one).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

function splitFields(text: string, separator: string, file: string, line: number): string[] {
  if (!text.includes('"')) return text.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      const [field, next] = readQuoted(text, at + 1);
      at = next;
      while (text[at] === ' ') at++;
      if (next < 0 || (at < text.length && text[at] !== separator)) {
        throw invalidData(
          `${file} has a quote on line ${line} that is not closed, or text after one.`,
          'Double quotes inside of quoted fields.',
        );
      }
      fields.push(field.trim());
    } else {
      const end = text.indexOf(separator, at);
      fields.push(text.slice(at, end < 0 ? undefined : end).trim());
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return fields;
  }
}

/** Content of a quoted field and the position after its closing quote, -1 where there is none. */
function readQuoted(text: string, start: number): [field: string, next: number] {
  let field = '';
  for (let at = start; ;) {
    const end = text.indexOf('"', at);
    if (end < 0) return [field, -1];
    field += text.slice(at, end);
    if (text[end + 1] !== '"') return [field, end + 1];
    field += '"';
    at = end + 2;
  }
}
