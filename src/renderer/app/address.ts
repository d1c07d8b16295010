import { parseSearchWith, stringifySearchWith } from '@tanstack/react-router';

/** Only lists, objects and quoted texts are JSON: a model may be called "1e3", which is not the number 1000. */
function parseValue(text: string): unknown {
  if (!/^["[{]/.test(text)) throw new SyntaxError('a plain text');
  return JSON.parse(text);
}

/** Reads what follows "?" in an address. */
export const parseAddress = parseSearchWith(parseValue);

/** Writes it so that it is read as the same. */
export const stringifyAddress = stringifySearchWith(JSON.stringify, parseValue);
